/** Folders and files that are held to the rules on wording and on ignored errors. */
const rooms: readonly string[] = [
  '.github/',
  'README.md',
  'docs/',
  'examples/',
  'packages/cli/',
  'packages/core/',
  'packages/embedded/',
  'packages/integration-tests/',
  'packages/joins/',
  'packages/kafka/',
  'packages/kstreams/',
  'packages/level/',
  'packages/runtime/',
  'packages/serde/',
  'packages/simulation/',
  'packages/stores/',
  'packages/test-support/',
  'packages/testing/',
  'packages/windowing/',
  'tools/',
];

/** True for files in a room that is held to the rules on wording and on ignored errors. */
export const isHeld = ({ path }: { readonly path: string }): boolean => rooms.some((room) => path.startsWith(room));
