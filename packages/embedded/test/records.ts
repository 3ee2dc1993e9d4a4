/** Short words for tests that write and read a log. */
import { type Consumer, fromUtf8, noHeaders, type Outgoing, toUtf8 } from '@kstreams/core/graph';

/** A record of one topic; its timestamp is its partition unless given. */
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

/** The partition of the topic that tests use. */
export const t = (partition = 0) => ({ topic: 't', partition });

/** What can be read at once, as `offset:value`. */
export const readAll = async (consumer: Consumer): Promise<string[]> => {
  const found: string[] = [];
  for (;;) {
    const records = await consumer.poll(1_000, 0);
    if (records.length === 0) return found;
    found.push(...records.map(({ offset, value }) => `${offset}:${value === null ? null : fromUtf8(value)}`));
  }
};
