import { bytesToId, type Received } from '@kstreams/core/graph';
import type { PartitionLog } from './partition-log.js';
import { BatchBuilder, type BatchRow, readHead, readRecords } from './record-batch.js';

/** Maximum number of keys that one pass holds in memory. */
const keyLimit = 200_000;
/** Size of the rows that one commit rewrites, in bytes. */
const stepLength = 1024 * 1_024;

/** One pass: its end, and the last offset of each key. */
interface Pass {
  readonly to: number;
  readonly latest: ReadonlyMap<string, number>;
  readonly now: number;
}

/**
 * True when a compaction is worth its reads: the share of new records reaches `min.cleanable.dirty.ratio`, which bounds
 * how often a record is rewritten, or a tombstone may be dropped.
 */
export const needsCompaction = (log: PartitionLog, now: number): boolean => {
  const { cleaned, kept } = log.state;
  const fresh = log.readable('committed') - cleaned;
  return (fresh > 0 && fresh >= log.config.dirtyRatio * (fresh + kept)) || tombstonesExpired(log, now);
};

const tombstonesExpired = ({ state: { horizon } }: PartitionLog, now: number): boolean => horizon > 0 && now >= horizon;

/**
 * Removes records that a later record of the same key replaces, aborted records, and tombstones `delete.retention.ms`
 * after the first compaction that met them. Offsets stay, and so does the last row of each pass, which spans the gap before
 * it. Records behind an open transaction or younger than `min.compaction.lag.ms` stay.
 *
 * Works in steps from the oldest row on; an interrupted compaction has removed nothing too early and starts over.
 */
export const compact = async (log: PartitionLog, now: number, stopped: () => boolean): Promise<void> => {
  for (let more = true; more && !stopped(); ) {
    const before = log.state.cleaned;
    const pass = await survey(log, now);
    if (pass.to === before && !tombstonesExpired(log, now)) return;
    await sweep(log, pass, stopped);
    more = log.state.cleaned > before && log.state.cleaned < log.readable('committed');
  }
};

/** Finds the last offset of each key among the records that are not compacted yet. */
const survey = async (log: PartitionLog, now: number): Promise<Pass> => {
  const latest = new Map<string, number>();
  const end = log.readable('committed');
  const { compactionLag } = log.config;
  const youngest = compactionLag === 0 ? Number.POSITIVE_INFINITY : log.ageTime(now) - compactionLag;
  let to = log.state.cleaned;
  for await (const row of log.scan(to, end)) {
    if (readHead(row.bytes).youngest > youngest || latest.size >= keyLimit) return { to, latest, now };
    if (!log.isAborted(row)) {
      for (const { key, offset } of readRecords(row.bytes, log)) if (key !== null) latest.set(bytesToId(key), offset);
    }
    to = row.last + 1;
  }
  return { to: end, latest, now };
};

/** Rewrites the rows of a pass; stores its end with the last of them. */
const sweep = async (log: PartitionLog, pass: Pass, stopped: () => boolean): Promise<void> => {
  let changed: { last: number; bytes: BatchRow['bytes'] | undefined }[] = [];
  let length = 0;
  let kept = 0;
  let horizon = 0;
  /** Offset of the first row that is removed right before this one. */
  let gap: number | undefined;
  for await (const row of log.scan(log.start, pass.to)) {
    const cleaned = clean(log, row, pass, gap);
    kept += cleaned.count;
    if (cleaned.horizon > 0 && (horizon === 0 || cleaned.horizon < horizon)) horizon = cleaned.horizon;
    gap = cleaned.bytes === undefined ? (gap ?? readHead(row.bytes).from) : undefined;
    if (cleaned.bytes === row.bytes) continue;
    changed.push({ last: row.last, bytes: cleaned.bytes });
    length += row.bytes.length;
    // The row that spans a gap is written in the commit that removes its rows.
    if (length < stepLength || gap !== undefined) continue;
    await log.rewrite(changed);
    if (stopped()) return;
    changed = [];
    length = 0;
  }
  await log.rewrite(changed, { cleaned: pass.to, kept, horizon: Number.isFinite(horizon) ? horizon : 0 });
  await log.forgetAborted(pass.to);
};

/** Returns the new bytes of a row: the same, others, or `undefined` to delete it. `gap` is where the row before ends. */
const clean = (
  log: PartitionLog,
  row: BatchRow,
  { latest, now, to }: Pass,
  gap: number | undefined,
): { readonly bytes: BatchRow['bytes'] | undefined; readonly count: number; readonly horizon: number } => {
  const head = readHead(row.bytes);
  const due = head.horizon > 0 && now >= head.horizon;
  const stays = ({ key, value, offset }: Received): boolean =>
    key !== null && (latest.get(bytesToId(key)) ?? offset) <= offset && !(value === null && due);
  const records = log.isAborted(row) ? [] : readRecords(row.bytes, log, log.start).filter(stays);
  const tombstones = records.some(({ value }) => value === null);
  const horizon = tombstones ? head.horizon || now + log.config.tombstoneRetention : 0;
  if (records.length === 0 && row.last < to - 1) return { bytes: undefined, count: 0, horizon };
  if (records.length === head.count && horizon === head.horizon && gap === undefined)
    return { bytes: row.bytes, count: head.count, horizon };
  const builder = new BatchBuilder(head.first, head.transaction, gap ?? head.from);
  for (const record of records) builder.add(record.offset, record);
  return { bytes: builder.build(horizon), count: records.length, horizon };
};
