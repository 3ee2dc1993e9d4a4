import type { Bytes } from './bytes.js';

/**
 * Returns the partition of an encoded key by Java's murmur2, as Kafka's default partitioner does. Records of all Kafka
 * clients with equal keys thus share a partition.
 *
 * @example
 * partitionFor(toUtf8('order-1'), 6) // 0 to 5
 */
export const partitionFor = (key: Bytes, count: number): number => (murmur2(key) & 0x7fffffff) % count;

/** Returns a function that chooses the next partition at each call, for records without a key. */
export const roundRobin = (): ((count: number) => number) => {
  let next = 0;
  return (count) => next++ % count;
};

/** Returns the hash of `org.apache.kafka.common.utils.Utils.murmur2`: a signed 32-bit number. */
export const murmur2 = (data: Bytes): number => {
  const m = 0x5bd1e995;
  const { length } = data;
  let hash = 0x9747b28c ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let k =
      (data[at] as number) |
      ((data[at + 1] as number) << 8) |
      ((data[at + 2] as number) << 16) |
      ((data[at + 3] as number) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    hash = Math.imul(hash, m) ^ Math.imul(k, m);
  }
  const rest = length - at;
  if (rest > 0) {
    if (rest === 3) hash ^= (data[at + 2] as number) << 16;
    if (rest >= 2) hash ^= (data[at + 1] as number) << 8;
    hash = Math.imul(hash ^ (data[at] as number), m);
  }
  hash = Math.imul(hash ^ (hash >>> 13), m);
  return (hash ^ (hash >>> 15)) | 0;
};
