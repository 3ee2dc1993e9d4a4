import {
  type ByteStore,
  type Bytes,
  type Cancel,
  type Clock,
  type KeptRows,
  type LostRows,
  readsWait,
  type ScanOptions,
  type StorageError,
  type Telemetry,
  type Write,
} from '@kstreams/core/graph';
import { LocalRows } from './bounded/local-rows.js';
import { scanRows } from './bounded/scan-rows.js';
import { CommitGate } from './commit-gate.js';
import { Overlays } from './loading/overlays.js';
import { OwnedShards } from './owned/owned-shards.js';
import { Recovery } from './recovery.js';
import { registerMetrics } from './register-metrics.js';
import type { RetryingBucket } from './retrying-bucket.js';
import type { Settings } from './settings.js';
import { ShardPlace } from './shard-place.js';
import { SnapshotFiles } from './snapshot-files.js';
import { SnapshotScheduler } from './snapshot-scheduler.js';
import { TrackedShards } from './tracked-shards.js';

/** The time in which a close writes the last snapshots, in ms. */
const closeTime = 30_000;

/** A local byte store with copies of its shards in a bucket. A shard is a partition of a store, and has a position. */
export class SnapshotStore implements ByteStore {
  readonly #local: ByteStore;
  readonly #settings: Settings;
  readonly #files: SnapshotFiles;
  readonly #gate = new CommitGate();
  readonly #shards: TrackedShards;
  readonly #overlays: Overlays;
  readonly #localRows: LocalRows;
  readonly #owned: OwnedShards;
  readonly #recovery: Recovery;
  readonly #scheduler: SnapshotScheduler;
  readonly #removals: readonly Cancel[];
  #written = 0;

  constructor(local: ByteStore, bucket: RetryingBucket, settings: Settings, clock: Clock, telemetry?: Telemetry) {
    this.#local = local;
    this.#settings = settings;
    const files = new SnapshotFiles(bucket, settings.sizes, clock, (bytes) => {
      this.#written += bytes;
    });
    this.#files = files;
    const gate = this.#gate;
    const shards = new TrackedShards(local, settings, clock);
    const overlays: Overlays = new Overlays({
      files,
      local,
      gate,
      settings,
      filled: () => this.#scheduler.wake(),
      reads: {
        hit: (key) => this.#localRows.hit(key),
        missed: (overlay, own, value) => this.#localRows.missed(overlay, own, value),
      },
    });
    this.#shards = shards;
    this.#overlays = overlays;
    this.#localRows = new LocalRows({ overlays, shards, gate, settings });
    this.#owned = new OwnedShards({ files, local, gate, root: settings.root, tailBytes: settings.tail });
    this.#recovery = new Recovery(files, overlays, settings);
    this.#scheduler = new SnapshotScheduler({
      shards: shards.byId,
      files,
      local,
      gate,
      settings,
      clock,
      overlays,
      written: async (shard, manifest) => {
        if (overlays.areBounded) await this.#localRows.advance(shard, manifest);
      },
    });
    this.#removals =
      telemetry === undefined
        ? []
        : registerMetrics(telemetry, {
            overlays,
            localRows: this.#localRows,
            recovery: this.#recovery,
            scheduler: this.#scheduler,
            shards: shards.byId,
            clock,
            written: () => this.#written,
          });
  }

  /** Opens a store, and continues what an earlier process began. */
  static async open(...parts: ConstructorParameters<typeof SnapshotStore>): Promise<SnapshotStore> {
    const store = new SnapshotStore(...parts);
    const overlays = store.#overlays;
    await overlays.resume();
    if (overlays.areBounded) for (const overlay of overlays.all) await store.#shards.resume(overlay);
    store.#scheduler.wake();
    return store;
  }

  get owner(): string {
    return this.#local.owner;
  }

  get persistent(): boolean {
    return this.#local.persistent === true;
  }

  get damage(): StorageError | undefined {
    return this.#local.damage ?? this.#overlays.damage;
  }

  get waits(): boolean {
    return this.#overlays.areBounded || this.#overlays.size > 0 || readsWait(this.#local);
  }

  get(key: Bytes): Bytes | undefined {
    const overlay = this.#overlays.size === 0 ? undefined : this.#overlays.of(key);
    return overlay === undefined ? this.#local.get(key) : overlay.get(key);
  }

  prefetchKeys(keys: readonly Bytes[]): Promise<void> | undefined {
    const local = this.#local.prefetchKeys?.(keys);
    const loaded = this.#overlays.size === 0 ? undefined : this.#overlays.prefetch(keys);
    return local === undefined || loaded === undefined
      ? (local ?? loaded)
      : Promise.all([local, loaded]).then(() => {});
  }

  /** Scans wait until all rows of their range are loaded. With a bound of the local rows, they read those of snapshots, too. */
  scan(from: Bytes, to: Bytes, options?: ScanOptions): AsyncIterable<readonly [key: Bytes, value: Bytes]> {
    const [local, overlays, gate] = [this.#local, this.#overlays, this.#gate];
    if (overlays.areBounded) return scanRows({ local, overlays, gate }, from, to, options);
    return overlays.touches(from, to) ? this.#scanOnceFilled(from, to, options) : local.scan(from, to, options);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.#gate.commit(async () => {
      this.#checkUndamaged();
      const forgotten = await this.#shards.track(writes);
      const kept = await this.#owned.commit(writes);
      try {
        await this.#local.commit(this.#overlays.marked(kept));
        this.#shards.record(writes);
      } catch (thrown) {
        // Some backends may have applied them.
        this.#owned.fail(thrown);
        this.#shards.forget();
        throw thrown;
      }
      for (const id of forgotten) this.#shards.byId.delete(id);
    });
    this.#scheduler.wake();
    if (this.#overlays.areBounded) this.#localRows.wake();
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    await this.#gate.commit(async () => {
      this.#checkUndamaged();
      await this.#overlays.clear(from, to);
      await this.#local.clear(from, to);
      this.#owned.clear(from, to);
      this.#shards.clear(from, to);
    });
  }

  async recover(lost: LostRows): Promise<void> {
    const place = new ShardPlace(this.#settings.root, lost.store, lost.partition);
    const manifest = await this.#recovery.load(place, lost);
    if (manifest !== undefined) this.#shards.add(place, manifest);
  }

  /** Takes over a shard without a changelog, and loads the rows of its last commit. */
  acquire(rows: KeptRows): Promise<void> {
    return this.#owned.acquire(rows);
  }

  /** Drops the rows of damaged snapshots, and all rows if the local ones are damaged. */
  async mend(): Promise<void> {
    await this.#overlays.mend();
    if (this.#local.damage === undefined) return;
    await this.#gate.exclusive(async () => {
      this.#overlays.forget();
      await this.#local.mend?.();
      this.#shards.byId.clear();
      this.#owned.forget();
    });
  }

  /** Resolves when nothing is loaded or written in the background. */
  async settled(): Promise<void> {
    await this.#overlays.settled();
    await this.#owned.settled();
    await this.#scheduler.settled();
    await this.#localRows.settled();
  }

  async close(): Promise<void> {
    await this.#recovery.close();
    // With a bound, the last snapshots need rows of those before.
    if (!this.#overlays.areBounded) await this.#overlays.close();
    await this.#owned.close();
    await this.#scheduler.close(closeTime);
    await this.#localRows.close();
    await this.#overlays.close();
    await this.#files.close();
    for (const remove of this.#removals) remove();
    await this.#local.close();
  }

  async *#scanOnceFilled(
    from: Bytes,
    to: Bytes,
    options?: ScanOptions,
  ): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    await this.#overlays.filled(from, to);
    yield* this.#local.scan(from, to, options);
  }

  /** A shard without its snapshot would get a position for rows that it lacks. */
  #checkUndamaged(): void {
    if (this.#overlays.damage !== undefined) throw this.#overlays.damage;
  }
}
