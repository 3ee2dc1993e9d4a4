import { bytesToId, type Received } from '@kstreams/core/graph';
import type { PartitionLog } from './partition-log.js';
import { BatchBuilder, readHead, readRecords } from './record-batch.js';
import type { Row } from './tail.js';

/** How many keys one pass keeps in memory. */
const keyLimit = 200_000;
/** After about how many bytes of rewritten rows they are written. */
const stepLength = 1024 * 1_024;

/** What a pass knows: up to where it goes, and where each key was written last. */
interface Pass {
  readonly to: number;
  readonly latest: ReadonlyMap<string, number>;
  readonly now: number;
}

/**
 * Whether a compaction is worth its reading: as much has come as `min.cleanable.dirty.ratio` of the whole, so that a
 * record is rewritten a few times in its life only, or a tombstone may go.
 */
export const needsCompaction = (log: PartitionLog, now: number): boolean => {
  const { cleaned, kept } = log.state;
  const fresh = log.readable('committed') - cleaned;
  return (fresh > 0 && fresh >= log.config.dirtyRatio * (fresh + kept)) || tombstonesMayGo(log, now);
};

const tombstonesMayGo = ({ state: { horizon } }: PartitionLog, now: number): boolean => horizon > 0 && now >= horizon;

/**
 * Removes what a later record of the same key has made obsolete, what was taken back, and tombstones that were kept for
 * `delete.retention.ms` after they were first seen here. Offsets stay, and so does the last row, which holds the end.
 * Nothing an open transaction may still change, or that is younger than `min.compaction.lag.ms`, is looked at.
 *
 * Goes in steps, from the oldest row on: cut off anywhere, it has removed nothing too early, and begins anew.
 */
export const compact = async (log: PartitionLog, now: number, stopped: () => boolean): Promise<void> => {
  for (let more = true; more && !stopped(); ) {
    const before = log.state.cleaned;
    const pass = await survey(log, now);
    if (pass.to === before && !tombstonesMayGo(log, now)) return;
    await sweep(log, pass, stopped);
    more = log.state.cleaned > before && log.state.cleaned < log.readable('committed');
  }
};

/** Finds the latest offset of each key among what is not compacted yet. */
const survey = async (log: PartitionLog, now: number): Promise<Pass> => {
  const latest = new Map<string, number>();
  const end = log.readable('committed');
  const { compactionLag } = log.config;
  const youngest = compactionLag === 0 ? Number.POSITIVE_INFINITY : now - compactionLag;
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

/** Rewrites the rows of a pass; its end is written with the last of them. */
const sweep = async (log: PartitionLog, pass: Pass, stopped: () => boolean): Promise<void> => {
  let changed: { last: number; bytes: Row['bytes'] | undefined }[] = [];
  let length = 0;
  let kept = 0;
  let horizon = 0;
  for await (const row of log.scan(log.start, pass.to)) {
    const cleaned = clean(log, row, pass);
    kept += cleaned.count;
    if (cleaned.horizon > 0 && (horizon === 0 || cleaned.horizon < horizon)) horizon = cleaned.horizon;
    if (cleaned.bytes === row.bytes) continue;
    changed.push({ last: row.last, bytes: cleaned.bytes });
    length += row.bytes.length;
    if (length < stepLength) continue;
    await log.rewrite(changed);
    if (stopped()) return;
    changed = [];
    length = 0;
  }
  await log.rewrite(changed, { cleaned: pass.to, kept, horizon: Number.isFinite(horizon) ? horizon : 0 });
  await log.forgetAborted(pass.to);
};

/** A row as it is to be: the same bytes, others, or none. */
const clean = (
  log: PartitionLog,
  row: Row,
  { latest, now }: Pass,
): { readonly bytes: Row['bytes'] | undefined; readonly count: number; readonly horizon: number } => {
  const head = readHead(row.bytes);
  const due = head.horizon > 0 && now >= head.horizon;
  const stays = ({ key, value, offset }: Received): boolean =>
    key !== null && (latest.get(bytesToId(key)) ?? offset) <= offset && !(value === null && due);
  const records = log.isAborted(row) ? [] : readRecords(row.bytes, log, log.start).filter(stays);
  const tombstones = records.some(({ value }) => value === null);
  const horizon = tombstones ? head.horizon || now + log.config.tombstoneRetention : 0;
  if (records.length === 0 && row.last < log.end - 1) return { bytes: undefined, count: 0, horizon };
  if (records.length === head.count && horizon === head.horizon)
    return { bytes: row.bytes, count: head.count, horizon };
  const builder = new BatchBuilder(head.first, head.transaction);
  for (const record of records) builder.add(record.offset, record);
  return { bytes: builder.build(horizon), count: records.length, horizon };
};
