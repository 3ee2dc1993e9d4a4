/** Folders and files that are held to the rules on wording and on ignored errors. */
const rooms: readonly string[] = [
  '.github/',
  'README.md',
  'docs/',
  'examples/',
  'packages/cli/',
  'packages/core/',
  'packages/integration-tests/',
  'packages/joins/',
  'packages/kafka/',
  'packages/kstreams/',
  'packages/runtime/',
  'packages/serde/',
  'packages/simulation/',
  'packages/test-support/',
  'packages/testing/',
  'packages/windowing/',
  'tools/',
];

/** True for files in a room that is held to the rules on wording and on ignored errors. */
export const isHeld = ({ path }: { readonly path: string }): boolean => rooms.some((room) => path.startsWith(room));
