import type { TimestampExtractor } from './node.js';

/**
 * Timestamp extractors for the `timestamp` option of a source.
 *
 * @example
 * shop.stream(orders, { timestamp: timestamps.wallClock })
 */
export const timestamps: {
  /** The record's own timestamp. A record with a negative one is dropped and counted. The default of sources. */
  readonly skip: TimestampExtractor;
  /** The record's own timestamp. A negative one is a failure for the error policy. */
  readonly fail: TimestampExtractor;
  /** The record's own timestamp, or the largest of its partition so far if it is negative. */
  readonly partitionTime: TimestampExtractor;
  /** The time of reading. */
  readonly wallClock: TimestampExtractor;
} = Object.freeze({
  skip: ({ timestamp }) => timestamp,
  fail: ({ timestamp }) => {
    if (timestamp >= 0) return timestamp;
    throw new RangeError(`the record's timestamp is ${timestamp}: use another extractor, such as timestamps.skip`);
  },
  partitionTime: ({ timestamp }, partitionTime) => (timestamp < 0 ? partitionTime : timestamp),
  wallClock: (_, __, wallTime) => wallTime,
});
