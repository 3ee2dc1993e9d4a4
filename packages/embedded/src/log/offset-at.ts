import type { Isolation } from '@kstreams/core/graph';
import type { PartitionLog } from './partition-log.js';
import { readHead, readRecords } from './record-batch.js';

/** The offset of the first readable record that is not older; the end of what is readable when there is none. */
export const offsetAt = async (log: PartitionLog, timestamp: number, isolation: Isolation): Promise<number> => {
  const to = log.readable(isolation);
  for await (const row of log.scan(log.start, to)) {
    if (readHead(row.bytes).youngest < timestamp || (isolation === 'committed' && log.isAborted(row))) continue;
    const found = readRecords(row.bytes, log, log.start).find((record) => record.timestamp >= timestamp);
    if (found !== undefined) return found.offset;
  }
  return to;
};
