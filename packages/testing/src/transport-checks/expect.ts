/** What a check expects: a thrown error that says what was found is all it takes, so that any test runner will do. */
import { messageOf } from '@kstreams/core/graph';

/** Throws unless both print alike: structures are compared by what they hold, bytes by their numbers. */
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

/** A value on one line; of many items the first and the last are enough to see what is wrong. */
export const print = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => {
    if (part === undefined) return 'undefined';
    if (part instanceof Uint8Array) return part.length > 100 ? digest(part) : `bytes ${[...part].join(' ')}`;
    if (part instanceof Set) return [...part];
    return part;
  });

/** Stands for many bytes: equal ones have the same, and others hardly ever. */
const digest = (bytes: Uint8Array): string => {
  let hash = 0;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
  return `${bytes.length} bytes with digest ${hash}`;
};
