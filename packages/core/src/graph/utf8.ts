import type { Bytes } from './bytes.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Short ASCII texts get separate arrays, which is fastest for them. Other texts share a slab to save allocations. */
const shortLength = 24;
const slabLength = 8192;
let slab: Bytes = new Uint8Array(slabLength);
let used = 0;

/** Returns the UTF-8 bytes of a text. */
export const toUtf8 = (text: string): Bytes => {
  const { length } = text;
  return (length <= shortLength ? ascii(text, length) : undefined) ?? intoSlab(text, 3 * length);
};

/** Returns the text of UTF-8 bytes; throws a `TypeError` when they are malformed. */
export const fromUtf8 = (bytes: Bytes): string => decoder.decode(bytes);

/** Returns the bytes of an ASCII text, otherwise `undefined`. */
const ascii = (text: string, length: number): Bytes | undefined => {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return undefined;
    bytes[i] = code;
  }
  return bytes;
};

const intoSlab = (text: string, mostBytes: number): Bytes => {
  if (mostBytes > slabLength / 2) return encoder.encode(text);
  if (mostBytes > slabLength - used) {
    slab = new Uint8Array(slabLength);
    used = 0;
  }
  const from = used;
  used += encoder.encodeInto(text, slab.subarray(from)).written;
  return slab.subarray(from, used);
};
