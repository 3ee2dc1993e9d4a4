import type { Cancel, Clock, Telemetry } from '@kstreams/core/graph';
import type { LocalRows } from './bounded/local-rows.js';
import { instruments } from './instruments.js';
import type { Overlays } from './loading/overlays.js';
import type { Recovery } from './recovery.js';
import type { Shard } from './shard.js';
import type { SnapshotScheduler } from './snapshot-scheduler.js';

/** The parts of a store that its metrics are of. */
interface Measured {
  readonly overlays: Pick<Overlays, 'size'>;
  readonly localRows: Pick<LocalRows, 'bytes'>;
  readonly recovery: Pick<Recovery, 'counts'>;
  readonly scheduler: Pick<SnapshotScheduler, 'counts' | 'bytes'>;
  readonly shards: ReadonlyMap<string, Shard>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Returns the bytes that were written to the bucket. */
  readonly written: () => number;
}

/** Registers the metrics of a store. Returns their removals. */
export const registerMetrics = (
  telemetry: Telemetry,
  { clock, localRows, overlays, recovery, scheduler, shards, written }: Measured,
): readonly Cancel[] => {
  const { counts } = scheduler;
  /** Returns the time since the oldest change without a snapshot, in seconds. */
  const age = (): number => {
    const now = clock.monotonic();
    return Math.max(0, ...[...shards.values()].map(({ changedAt = now }) => now - changedAt)) / 1_000;
  };
  return [
    ...(['full', 'delta'] as const).map((kind) =>
      telemetry.counter(instruments.snapshots, { 'kstreams.snapshot.kind': kind }, () => counts[kind]),
    ),
    ...(['loaded', 'none'] as const).map((result) =>
      telemetry.counter(instruments.recoveries, { 'kstreams.snapshot.result': result }, () => recovery.counts[result]),
    ),
    telemetry.counter(instruments.failures, {}, () => counts.failures),
    telemetry.counter(instruments.written, {}, written),
    telemetry.gauge(instruments.loading, {}, () => overlays.size),
    telemetry.gauge(instruments.local, {}, () => localRows.bytes),
    telemetry.gauge(instruments.pending, {}, () => scheduler.bytes),
    telemetry.gauge(instruments.age, {}, age),
  ];
};
