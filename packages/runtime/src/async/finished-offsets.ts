/** A range of finished offsets, without `to`. */
export type OffsetRange = readonly [from: number, to: number];

/**
 * Returns the offsets that are finished beyond a committed offset as text in base64: lengths of runs, or one bit per
 * offset, whichever is shorter. Expects separate ranges in order, after `start`. Returns an empty text for none.
 */
export const encodeFinished = (start: number, ranges: readonly OffsetRange[]): string => {
  if (ranges.length === 0) return '';
  const runs = runsOf(start, ranges);
  const [, end] = ranges[ranges.length - 1] as OffsetRange;
  return runs.length <= (end - start) / 8 ? `r${toText(runs)}` : `b${toText(bitsOf(start, ranges, end))}`;
};

/** Returns the ranges in a text. Any other text gives none, so that their records are processed again. */
export const decodeFinished = (start: number, text: string): readonly OffsetRange[] => {
  // A group of one character holds no byte.
  if (!/^[rb](?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3})?$/.test(text)) return [];
  const bytes = fromText(text.slice(1));
  return text.startsWith('r') ? rangesOfRuns(start, bytes) : rangesOfBits(start, bytes);
};

/** Returns the alternating numbers of unfinished and finished offsets, in groups of seven bits, lowest first. */
const runsOf = (start: number, ranges: readonly OffsetRange[]): readonly number[] => {
  const bytes: number[] = [];
  let at = start;
  for (const [from, to] of ranges) {
    writeLength(bytes, from - at);
    writeLength(bytes, to - from);
    at = to;
  }
  return bytes;
};

const writeLength = (bytes: number[], length: number): void => {
  let rest = length;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
};

const rangesOfRuns = (start: number, bytes: Uint8Array): readonly OffsetRange[] => {
  const ends: number[] = [];
  let [at, unit] = [start, 1];
  for (const byte of bytes) {
    at += (byte % 128) * unit;
    unit *= 128;
    if (byte > 127) continue;
    ends.push(at);
    unit = 1;
  }
  return ends.flatMap((to, i) => (i % 2 === 1 ? [[ends[i - 1] as number, to] as const] : []));
};

const bitsOf = (start: number, ranges: readonly OffsetRange[], end: number): Uint8Array => {
  const bytes = new Uint8Array(Math.ceil((end - start) / 8));
  for (const [from, to] of ranges) {
    for (let bit = from - start; bit < to - start; bit++)
      bytes[bit >> 3] = (bytes[bit >> 3] as number) | (1 << (bit & 7));
  }
  return bytes;
};

const rangesOfBits = (start: number, bytes: Uint8Array): readonly OffsetRange[] => {
  const ranges: OffsetRange[] = [];
  let from: number | undefined;
  for (let bit = 0; bit <= bytes.length * 8; bit++) {
    const finished = bit < bytes.length * 8 && ((bytes[bit >> 3] as number) & (1 << (bit & 7))) !== 0;
    if (finished) from ??= start + bit;
    else if (from !== undefined) {
      ranges.push([from, start + bit]);
      from = undefined;
    }
  }
  return ranges;
};

const toText = (bytes: Iterable<number>): string => btoa(String.fromCharCode(...bytes)).replace(/=+$/, '');

const fromText = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
