import type { PartitionLog } from './partition-log.js';
import { readHead } from './record-batch.js';

/**
 * Deletes the oldest rows of a partition over its topic's limits: rows with no record younger than `retention.ms`, and
 * rows without which `retention.bytes` are still left. As in Kafka, ages are those of record timestamps, and everything
 * after a row that stays is kept. Unlike in Kafka, so are records from `unread` on, which a running group has not committed.
 * `now` is the wall clock, for topics that age by it.
 */
export const expire = async (log: PartitionLog, now: number, unread: number): Promise<void> => {
  const { expires, retention, retentionBytes } = log.config;
  const sized = Number.isFinite(retentionBytes);
  if (!expires || (!sized && !Number.isFinite(retention))) return;
  const time = log.ageTime(now);
  const size = sized ? await sizeOf(log) : 0;
  let freed = 0;
  let before = log.start;
  for await (const { last, bytes } of log.scan(log.start, log.readable('committed'))) {
    const dispensable = sized && size - freed - bytes.length >= retentionBytes;
    if (last >= unread || (!dispensable && readHead(bytes).youngest >= time - retention)) break;
    freed += bytes.length;
    before = last + 1;
  }
  await log.purge(before, freed);
};

/** Returns the size of all rows in bytes; counts them once, then keeps the sum current. */
const sizeOf = async (log: PartitionLog): Promise<number> => {
  if (log.size === undefined) {
    const { end } = log;
    log.size = 0;
    let counted = 0;
    for await (const { bytes } of log.scan(log.start, end)) counted += bytes.length;
    log.size += counted;
  }
  return log.size;
};
