import type { Bytes } from './bytes.js';

/** Arrays of at most this length lie in V8's heap, which is faster than a slab. */
const shortLength = 64;
/** Longer arrays are separate, so that they leave no slab half empty. */
const sharedLength = 1024;
const slabLength = 8192;
let slab: Bytes = new Uint8Array(slabLength);
let used = 0;

/**
 * Returns a new array of zeros. Arrays of 65 to 1,024 bytes share slabs of 8 KiB: V8 takes up to a microsecond for the
 * memory of a separate one. A slab is kept as long as any of its arrays.
 */
export const allocateBytes = (length: number): Bytes => {
  if (length <= shortLength || length > sharedLength) return new Uint8Array(length);
  if (length > slabLength - used) {
    slab = new Uint8Array(slabLength);
    used = 0;
  }
  const from = used;
  used += length;
  return slab.subarray(from, used);
};

/** Returns a copy, which shares no memory with the given array. */
export const copyBytes = (bytes: Bytes): Bytes => {
  const copy = allocateBytes(bytes.length);
  copy.set(bytes);
  return copy;
};
