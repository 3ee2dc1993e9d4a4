import { type Serde, SerdeError } from '@kstreams/core/graph';

/**
 * The stored form of `quantiles`: a t-digest (Dunning), which describes a distribution by the means and sizes of groups of
 * neighbouring values. Groups are small at the ends and larger in the middle.
 */
export interface Digest {
  readonly min: number;
  readonly max: number;
  /** The mean of each group, in ascending order. */
  readonly means: readonly number[];
  /** The number of values of each group. */
  readonly sizes: readonly number[];
  /** The values since the last compression, which are in no group yet. */
  readonly recent: readonly number[];
}

/** The number of groups is at most this. */
const compression = 200;

/** The number of recent values at which a digest is compressed. */
const recentValues = 64;

/** The digest of no values. */
export const emptyDigest: Digest = {
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  means: [],
  sizes: [],
  recent: [],
};

/** Returns a digest with a value added. */
export const addToDigest = ({ max, means, min, recent, sizes }: Digest, value: number): Digest => {
  const added = {
    min: Math.min(min, value),
    max: Math.max(max, value),
    means,
    sizes,
    recent: [...recent, value],
  };
  return added.recent.length < recentValues ? added : compressed(added);
};

/** Returns the digest of the values of two. */
export const mergeDigests = (left: Digest, right: Digest): Digest =>
  compressed({
    min: Math.min(left.min, right.min),
    max: Math.max(left.max, right.max),
    means: [...left.means, ...right.means],
    sizes: [...left.sizes, ...right.sizes],
    recent: [...left.recent, ...right.recent],
  });

/** Returns a function from a quantile, from 0 to 1, to its estimate: interpolated between the middles of groups. */
export const quantilesOf = (digest: Digest): ((quantile: number) => number) => {
  const { max, means, min, sizes } = compressed(digest);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return (quantile) => {
    const rank = quantile * total;
    let [before, value, ranked] = [0, min, 0];
    for (const [i, mean] of means.entries()) {
      const size = sizes[i] as number;
      const middle = before + size / 2;
      if (middle >= rank) return between(rank, [ranked, value], [middle, mean]);
      [before, value, ranked] = [before + size, mean, middle];
    }
    return between(rank, [ranked, value], [total, max]);
  };
};

type Ranked = readonly [rank: number, value: number];

const between = (rank: number, [fromRank, from]: Ranked, [toRank, to]: Ranked): number =>
  toRank === fromRank ? to : from + ((to - from) * (rank - fromRank)) / (toRank - fromRank);

/**
 * Returns the digest with neighbouring groups joined: a group may span one unit of the scale `k(q) = c/2π · asin(2q - 1)`,
 * so that groups near q = 0 and q = 1 hold few values.
 */
const compressed = ({ max, means, min, recent, sizes }: Digest): Digest => {
  const groups = [
    ...means.map((mean, i) => ({ mean, size: sizes[i] as number })),
    ...recent.map((mean) => ({ mean, size: 1 })),
  ].sort((a, b) => a.mean - b.mean);
  const total = groups.reduce((sum, { size }) => sum + size, 0);
  const joined = { means: [] as number[], sizes: [] as number[] };
  let before = 0;
  let limit = 0;
  for (const { mean, size } of groups) {
    const last = joined.sizes.length - 1;
    const together = (joined.sizes[last] ?? 0) + size;
    if (last >= 0 && before + together <= limit) {
      joined.means[last] = (joined.means[last] as number) + ((mean - (joined.means[last] as number)) * size) / together;
      joined.sizes[last] = together;
      continue;
    }
    before += joined.sizes[last] ?? 0;
    limit = total * quantileAt(scaleOf(before / total) + 1);
    joined.means.push(mean);
    joined.sizes.push(size);
  }
  return { min, max, ...joined, recent: [] };
};

/** Returns the place of a quantile on the scale of groups. */
export const scaleOf = (quantile: number): number => (compression / (2 * Math.PI)) * Math.asin(2 * quantile - 1);

/** Returns the quantile of a place on the scale of groups, from 0 to 1. */
export const quantileAt = (place: number): number => {
  const angle = (place * 2 * Math.PI) / compression;
  if (angle >= Math.PI / 2) return 1;
  return angle <= -Math.PI / 2 ? 0 : (Math.sin(angle) + 1) / 2;
};

const numberLength = 8;

/** The numbers of an encoded digest before its groups: the number of groups, the smallest and the largest value. */
const headNumbers = 3;

/** The serde of digests, as doubles: the number of groups, the smallest and largest value, means, sizes, recent values. */
export const digestSerde: Serde<Digest> = {
  name: 'digest',
  roundTrip: (digest) => digest,
  maxSize: ({ means, recent }) => (headNumbers + 2 * means.length + recent.length) * numberLength,
  encode: ({ max, means, min, recent, sizes }) => {
    const numbers = [means.length, min, max, ...means, ...sizes, ...recent];
    const view = new DataView(new ArrayBuffer(numbers.length * numberLength));
    for (const [i, number] of numbers.entries()) view.setFloat64(i * numberLength, number);
    return new Uint8Array(view.buffer);
  },
  decode: (bytes, { topic }) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const numbers = Array.from({ length: bytes.length / numberLength }, (_, i) => view.getFloat64(i * numberLength));
    const [groups = -1, min = 0, max = 0] = numbers;
    const end = headNumbers + 2 * groups;
    if (bytes.length % numberLength !== 0 || !Number.isSafeInteger(groups) || groups < 0 || end > numbers.length)
      throw new SerdeError(`${bytes.length} bytes are not a digest`, { topic });
    const sizesAt = headNumbers + groups;
    return {
      min,
      max,
      means: numbers.slice(headNumbers, sizesAt),
      sizes: numbers.slice(sizesAt, end),
      recent: numbers.slice(end),
    };
  },
};
