/** Expectations of checks. They throw plain errors, so that any test runner can run the checks. */
import { messageOf } from '@kstreams/core/graph';

/** Throws unless both values print alike: structures by their contents, bytes by their numbers. */
export const expectEqual = (found: unknown, expected: unknown, what: string): void => {
  const [is, should] = [print(found), print(expected)];
  if (is !== should) throw new Error(`${what}: expected ${should}, found ${is}`);
};

/** Throws unless the promise rejects with an error of this class. */
export const expectRejection = async (
  promise: Promise<unknown>,
  kind: abstract new (...args: never[]) => Error,
  what: string,
): Promise<void> => {
  const outcome = await promise.then(
    () => 'it succeeded',
    (thrown: unknown) => (thrown instanceof kind ? undefined : `it threw "${messageOf(thrown)}"`),
  );
  if (outcome !== undefined) throw new Error(`${what}: expected ${kind.name}, but ${outcome}`);
};

/** Returns a value on one line. */
export const print = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => {
    if (part === undefined) return 'undefined';
    if (part instanceof Uint8Array) return part.length > 100 ? digest(part) : `bytes ${[...part].join(' ')}`;
    if (part instanceof Set) return [...part];
    return part;
  });

/** Returns a hash that stands for many bytes. */
const digest = (bytes: Uint8Array): string => {
  let hash = 0;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
  return `${bytes.length} bytes with digest ${hash}`;
};
