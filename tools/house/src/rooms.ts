/** Folders and files that are held to the rules on wording and on ignored errors. */
const rooms: readonly string[] = [
  'packages/core/src/dsl/',
  'packages/joins/',
  'packages/windowing/',
  'tools/house/',
  'packages/cli/',
  'packages/kstreams/',
  'packages/serde/',
  'packages/kafka/',
  'packages/runtime/',
  'tools/api/',
  'tools/docs/',
  '.github/',
  'README.md',
  'docs/contributing/',
  'docs/glossary.md',
];

/** True for files in a room that is held to the rules on wording and on ignored errors. */
export const isHeld = ({ path }: { readonly path: string }): boolean => rooms.some((room) => path.startsWith(room));
