import type { Bytes } from '@kstreams/core/graph';

/** With 10 bits and 7 probes a key, one of 120 absent keys is not recognised. */
const bitsPerKey = 10;
const probes = 7;

/** Returns the hash of a key, of 32 bits. */
export const hashOf = (key: Bytes): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ (key[i] as number), 0x01000193);
  return mixed(hash);
};

/** Returns the filter of keys with these hashes: bits that are set for each of them. */
export const bloomFilter = (hashes: readonly number[]): Bytes => {
  const filter = new Uint8Array(Math.ceil((bitsPerKey * hashes.length) / 8));
  const bits = 8 * filter.length;
  for (const hash of hashes) {
    const step = mixed(hash) | 1;
    for (let i = 0; i < probes; i++) {
      const at = ((hash + Math.imul(i, step)) >>> 0) % bits;
      filter[at >>> 3] = (filter[at >>> 3] as number) | (1 << (at & 7));
    }
  }
  return filter;
};

/** Returns false when no key of a filter has the hash. */
export const mayHave = (filter: Bytes, hash: number): boolean => {
  const bits = 8 * filter.length;
  const step = mixed(hash) | 1;
  for (let i = 0; i < probes; i++) {
    const at = ((hash + Math.imul(i, step)) >>> 0) % bits;
    if (((filter[at >>> 3] as number) & (1 << (at & 7))) === 0) return false;
  }
  return true;
};

/** Spreads the bits of a number. */
const mixed = (hash: number): number => {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
};
