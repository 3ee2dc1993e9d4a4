import type { PartitionLog } from './partition-log.js';
import { readHead } from './record-batch.js';

/**
 * Deletes the oldest rows of a partition that are beyond its topic's limits: those whose youngest record is older than
 * `retention.ms`, and those without which `retention.bytes` are left still. As in Kafka, time is that of the records,
 * and what comes after a row that stays is kept too.
 */
export const expire = async (log: PartitionLog, now: number): Promise<void> => {
  const { expires, retention, retentionBytes } = log.config;
  const sized = Number.isFinite(retentionBytes);
  if (!expires || (!sized && !Number.isFinite(retention))) return;
  const size = sized ? await sizeOf(log) : 0;
  let freed = 0;
  let before = log.start;
  for await (const { last, bytes } of log.scan(log.start, log.readable('committed'))) {
    const dispensable = sized && size - freed - bytes.length >= retentionBytes;
    if (!dispensable && readHead(bytes).youngest >= now - retention) break;
    freed += bytes.length;
    before = last + 1;
  }
  await log.purge(before, freed);
};

/** The bytes of all rows: counted once, then kept up with. */
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
