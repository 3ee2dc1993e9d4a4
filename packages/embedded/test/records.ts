/** Helpers of tests that write and read a log. */
import { type Consumer, fromUtf8, noHeaders, type Outgoing, toUtf8 } from '@kstreams/core/graph';

/** Returns a record of topic `t`; its timestamp is 1 by default. */
export const outgoing = (
  value: string,
  { partition = 0, key = null as string | null, timestamp = 1 } = {},
): Outgoing => ({
  topic: 't',
  partition,
  key: key === null ? null : toUtf8(key),
  value: toUtf8(value),
  timestamp,
  headers: noHeaders,
});

/** Returns a partition of topic `t`. */
export const t = (partition = 0) => ({ topic: 't', partition });

/** Reads until a poll returns nothing; returns `offset:value` of each record. */
export const readAll = async (consumer: Consumer): Promise<string[]> => {
  const found: string[] = [];
  for (;;) {
    const records = await consumer.poll(1_000, 0);
    if (records.length === 0) return found;
    found.push(...records.map(({ offset, value }) => `${offset}:${value === null ? null : fromUtf8(value)}`));
  }
};
