import type { Random } from '@kstreams/simulation';

/** Returns damaged bytes: cut off, with flipped bits, with extra bytes, or random. */
export const corruptBytes = (random: Random, bytes: Uint8Array): Uint8Array => {
  const kind = random.below(4);
  if (kind === 0) return bytes.slice(0, random.below(bytes.length + 1));
  if (kind === 1) return Uint8Array.from({ length: random.below(40) }, () => random.below(256));
  if (kind === 2)
    return Uint8Array.from([...bytes, ...Array.from({ length: 1 + random.below(5) }, () => random.below(256))]);
  const flipped = bytes.slice();
  for (let i = random.below(3); i >= 0; i--) {
    const at = random.below(flipped.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
  }
  return flipped;
};
