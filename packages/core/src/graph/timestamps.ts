import type { TimestampExtractor } from './node.js';

/**
 * Ready-made ways to read the timestamp of a record that arrives, for the `timestamp` of a source.
 *
 * @example
 * shop.stream(orders, { timestamp: timestamps.wallClock })
 */
export const timestamps: {
  /** The record's own; a record whose timestamp is negative is dropped and counted. What sources do unless told otherwise. */
  readonly skip: TimestampExtractor;
  /** The record's own; a negative one is a failure, for the error policy to judge. */
  readonly fail: TimestampExtractor;
  /** The record's own; where it is negative, the largest of its partition so far. */
  readonly partitionTime: TimestampExtractor;
  /** The instant at which it is read. */
  readonly wallClock: TimestampExtractor;
} = Object.freeze({
  skip: ({ timestamp }) => timestamp,
  fail: ({ timestamp }) => {
    if (timestamp >= 0) return timestamp;
    throw new RangeError(`the record's timestamp is ${timestamp}: use another of timestamps, or one of your own`);
  },
  partitionTime: ({ timestamp }, partitionTime) => (timestamp < 0 ? partitionTime : timestamp),
  wallClock: (_, __, wallTime) => wallTime,
});
