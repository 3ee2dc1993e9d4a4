import {
  type ByteStore,
  type Bytes,
  bytesToId,
  type Cancel,
  type Clock,
  decodePosition,
  type KeptRows,
  type LostRows,
  readsWait,
  retryPending,
  type ScanOptions,
  type StorageError,
  type Telemetry,
  type Write,
} from '@kstreams/core/graph';
import { CommitGate } from './commit-gate.js';
import { Fillings } from './loading/fillings.js';
import { OwnedShards } from './owned/owned-shards.js';
import { Recovery } from './recovery.js';
import { registerMetrics } from './register-metrics.js';
import type { RetryingBucket } from './retrying-bucket.js';
import type { Settings } from './settings.js';
import { Shard } from './shard.js';
import { idAfter, isPositionKey, namesOf, partIn, prefixLength, ShardPlace } from './shard-place.js';
import { SnapshotFiles } from './snapshot-files.js';
import { SnapshotScheduler } from './snapshot-scheduler.js';

/** The time in which a close writes the last snapshots, in ms. */
const closeTime = 30_000;

/** A local byte store with copies of its shards in a bucket. A shard is a partition of a store, and has a position. */
export class SnapshotStore implements ByteStore {
  readonly #local: ByteStore;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #gate = new CommitGate();
  /** The shards with a position, by the id of their prefix. */
  readonly #shards = new Map<string, Shard>();
  readonly #fillings: Fillings;
  readonly #owned: OwnedShards;
  readonly #recovery: Recovery;
  readonly #scheduler: SnapshotScheduler;
  readonly #removals: readonly Cancel[];
  #written = 0;

  constructor(local: ByteStore, bucket: RetryingBucket, settings: Settings, clock: Clock, telemetry?: Telemetry) {
    this.#local = local;
    this.#settings = settings;
    this.#clock = clock;
    const files = new SnapshotFiles(bucket, settings.sizes, clock, (bytes) => {
      this.#written += bytes;
    });
    const gate = this.#gate;
    this.#fillings = new Fillings({ files, local, gate, settings, filled: () => this.#scheduler.wake() });
    this.#owned = new OwnedShards({ files, local, gate, root: settings.root, tailBytes: settings.tail });
    this.#recovery = new Recovery(files, this.#fillings, settings);
    this.#scheduler = new SnapshotScheduler({
      shards: this.#shards,
      files,
      local,
      gate,
      settings,
      clock,
      loading: ({ place }) => this.#fillings.has(place),
    });
    this.#removals =
      telemetry === undefined
        ? []
        : registerMetrics(telemetry, {
            fillings: this.#fillings,
            recovery: this.#recovery,
            scheduler: this.#scheduler,
            shards: this.#shards,
            clock,
            written: () => this.#written,
          });
  }

  /** Opens a store, and continues the loads that an earlier process began. */
  static async open(...parts: ConstructorParameters<typeof SnapshotStore>): Promise<SnapshotStore> {
    const store = new SnapshotStore(...parts);
    await store.#fillings.resume();
    return store;
  }

  get owner(): string {
    return this.#local.owner;
  }

  get persistent(): boolean {
    return this.#local.persistent === true;
  }

  get damage(): StorageError | undefined {
    return this.#local.damage ?? this.#fillings.damage;
  }

  get waits(): boolean {
    return this.#fillings.size > 0 || readsWait(this.#local);
  }

  get(key: Bytes): Bytes | undefined {
    const filling = this.#fillings.size === 0 ? undefined : this.#fillings.of(key);
    return filling === undefined ? this.#local.get(key) : filling.get(key);
  }

  prefetchKeys(keys: readonly Bytes[]): Promise<void> | undefined {
    const local = this.#local.prefetchKeys?.(keys);
    const loaded = this.#fillings.size === 0 ? undefined : this.#fillings.prefetch(keys);
    return local === undefined || loaded === undefined
      ? (local ?? loaded)
      : Promise.all([local, loaded]).then(() => {});
  }

  /** Scans wait until all rows of their range are loaded. */
  scan(from: Bytes, to: Bytes, options?: ScanOptions): AsyncIterable<readonly [key: Bytes, value: Bytes]> {
    return this.#fillings.touches(from, to)
      ? this.#scanOnceFilled(from, to, options)
      : this.#local.scan(from, to, options);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.#gate.commit(async () => {
      this.#checkUndamaged();
      const forgotten = await this.#track(writes);
      const kept = await this.#owned.commit(writes);
      try {
        await this.#local.commit(this.#fillings.size === 0 ? kept : this.#fillings.marked(kept));
        this.#record(writes);
      } catch (thrown) {
        // Some backends may have applied them.
        this.#owned.fail(thrown);
        for (const shard of this.#shards.values()) shard.forget(this.#clock.monotonic());
        throw thrown;
      }
      for (const id of forgotten) this.#shards.delete(id);
    });
    this.#scheduler.wake();
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    await this.#gate.commit(async () => {
      this.#checkUndamaged();
      await this.#fillings.clear(from, to);
      await this.#local.clear(from, to);
      this.#owned.clear(from, to);
      for (const shard of this.#shards.values()) {
        const part = partIn(shard.place, from, to);
        if (part === 'whole') shard.forget(this.#clock.monotonic());
        else if (part !== 'none') shard.clear(part.from, part.to);
      }
    });
  }

  async recover(lost: LostRows): Promise<void> {
    const place = new ShardPlace(this.#settings.root, lost.store, lost.partition);
    const manifest = await this.#recovery.load(place, lost);
    if (manifest === undefined) return;
    this.#shards.set(bytesToId(place.prefix), new Shard(place, manifest.position, manifest));
  }

  /** Takes over a shard without a changelog, and loads the rows of its last commit. */
  acquire(rows: KeptRows): Promise<void> {
    return this.#owned.acquire(rows);
  }

  /** Drops the rows of damaged snapshots, and all rows if the local ones are damaged. */
  async mend(): Promise<void> {
    await this.#fillings.mend();
    if (this.#local.damage === undefined) return;
    await this.#gate.exclusive(async () => {
      this.#fillings.forget();
      await this.#local.mend?.();
      this.#shards.clear();
      this.#owned.forget();
    });
  }

  /** Resolves when no snapshot is being loaded or written. */
  async settled(): Promise<void> {
    await this.#fillings.settled();
    await this.#owned.settled();
    await this.#scheduler.settled();
  }

  async close(): Promise<void> {
    await this.#recovery.close();
    await this.#fillings.close();
    await this.#owned.close();
    await this.#scheduler.close(closeTime);
    for (const remove of this.#removals) remove();
    await this.#local.close();
  }

  /** Begins to track shards that get a position. Returns those whose position is deleted. */
  async #track(writes: readonly Write[]): Promise<readonly string[]> {
    const forgotten: string[] = [];
    for (const [key, value] of writes) {
      if (!isPositionKey(key)) continue;
      const names = namesOf(bytesToId(key));
      if (names === undefined) continue;
      const id = `${names.store}/${names.partition}/`;
      if (value === undefined) forgotten.push(id);
      if (value === undefined || this.#shards.has(id)) continue;
      const stored = await retryPending(() => this.#local.get(key));
      const place = new ShardPlace(this.#settings.root, names.store, names.partition);
      this.#shards.set(id, new Shard(place, stored && decodePosition(stored)));
    }
    return forgotten;
  }

  /** Keeps the changed rows of shards with a position. */
  #record(writes: readonly Write[]): void {
    const now = this.#clock.monotonic();
    let prefix: Bytes | undefined;
    let shard: Shard | undefined;
    for (const [key, value] of writes) {
      if (isPositionKey(key)) continue;
      if (prefix === undefined || !startsWith(key, prefix)) {
        prefix = key.slice(0, prefixLength(key));
        shard = this.#shards.get(bytesToId(prefix));
      }
      shard?.put(idAfter(key, prefix.length), value, now);
    }
  }

  async *#scanOnceFilled(
    from: Bytes,
    to: Bytes,
    options?: ScanOptions,
  ): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    await this.#fillings.filled(from, to);
    yield* this.#local.scan(from, to, options);
  }

  /** A shard without its snapshot would get a position for rows that it lacks. */
  #checkUndamaged(): void {
    if (this.#fillings.damage !== undefined) throw this.#fillings.damage;
  }
}

const startsWith = (key: Bytes, prefix: Bytes): boolean => {
  if (key.length < prefix.length || prefix.length === 0) return false;
  for (let i = prefix.length - 1; i >= 0; i--) if (key[i] !== prefix[i]) return false;
  return true;
};
