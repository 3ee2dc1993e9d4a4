import { refusePromise } from './promise.js';

/** Raw bytes of a key, a value or a header: a plain `Uint8Array`, never a Node `Buffer`, so that all code runs in a page. */
export type Bytes = Uint8Array;

/** An empty byte string. */
export const noBytes: Bytes = new Uint8Array(0);

/**
 * Compares two byte strings in unsigned order, a shorter prefix first: the order of all scans. Returns a negative number
 * when `a` comes before `b`, a positive one when after, 0 when equal.
 */
export const compareBytes = (a: Bytes, b: Bytes): number => {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

/** True when both hold the same bytes. */
export const equalBytes = (a: Bytes, b: Bytes): boolean => a.length === b.length && compareBytes(a, b) === 0;

/** True for a byte string, also of another realm such as a frame of a page. */
export const isBytes = (value: unknown): value is Bytes =>
  value instanceof Uint8Array || Object.prototype.toString.call(value) === '[object Uint8Array]';

/**
 * Returns the result of an encoder.
 *
 * @throws TypeError when it is not a byte string.
 */
export const checkedBytes = (encoded: unknown, what = 'encode'): Bytes =>
  isBytes(encoded) ? encoded : refuseBytes(encoded, what);

/**
 * Refuses a value that is not a byte string, such as a text.
 *
 * @throws TypeError naming the function that returned it.
 */
const refuseBytes = (value: unknown, what: string): never => {
  refusePromise(value, what);
  const kind = typeof value === 'string' ? 'a text' : value === null ? 'null' : `no bytes (${typeof value})`;
  throw new TypeError(`${what} returned ${kind}: return a Uint8Array, such as new TextEncoder().encode(text)`);
};

/**
 * Concatenates byte strings.
 *
 * @throws TypeError for a part that is not a byte string.
 */
export const concatBytes = (...parts: readonly Bytes[]): Bytes => {
  let length = 0;
  for (const part of parts) length += checkedBytes(part).length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** Returns a plain `Uint8Array` over the same memory: `slice` of Node's `Buffer`, which many libraries return, does not copy. */
export const plainBytes = (bytes: Bytes): Bytes => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Returns the bytes as a string with one character per byte (Latin-1): a map key in the same order as the bytes.
 */
export const bytesToId = (bytes: Bytes): string => {
  const { length } = bytes;
  const list = lists[length];
  if (list !== undefined) {
    for (let i = 0; i < length; i++) list[i] = bytes[i] as number;
    return String.fromCharCode.apply(null, list);
  }
  if (length <= idPiece) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let id = '';
  for (let from = 0; from < bytes.length; from += idPiece) id += bytesToId(bytes.subarray(from, from + idPiece));
  return id;
};

/** A list of each short length, reused: a call takes its arguments from a list in about 60 % of the time for a `Uint8Array`. */
const lists = Array.from({ length: 65 }, (_, length) => Array.from({ length }, () => 0));

/** The number of bytes per `fromCharCode` call. Each byte is an argument, and engines limit their number. */
const idPiece = 4_096;

/** Returns the bytes of a string that {@link bytesToId} made. */
export const idToBytes = (id: string): Bytes => {
  const bytes = new Uint8Array(id.length);
  for (let i = 0; i < id.length; i++) bytes[i] = id.charCodeAt(i);
  return bytes;
};

/**
 * Returns the exclusive end of a prefix scan: the smallest byte string greater than all that begin with `prefix`.
 * `undefined` when there is none, because the prefix is empty or all 0xff.
 */
export const afterPrefix = (prefix: Bytes): Bytes | undefined => {
  for (let i = prefix.length - 1; i >= 0; i--) {
    if (prefix[i] !== 0xff) {
      const end = prefix.slice(0, i + 1);
      end[i] = (end[i] as number) + 1;
      return end;
    }
  }
  return undefined;
};
