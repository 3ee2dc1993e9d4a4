import {
  type ByteStore,
  type Bytes,
  bytesToId,
  messageOf,
  retryPending,
  StorageError,
  type Write,
} from '@kstreams/core/graph';
import type { CommitGate } from '../commit-gate.js';
import type { Manifest } from '../manifest.js';
import type { Settings } from '../settings.js';
import { isPositionKey, partIn, prefixLength, ShardPlace } from '../shard-place.js';
import type { SnapshotFiles } from '../snapshot-files.js';
import { BlockCache } from './block-cache.js';
import { Filling } from './filling.js';
import { decodeMarker, type LoadMarker, markedShard, markers } from './load-marker.js';
import { OpenSnapshot } from './open-snapshot.js';

/** The number of shards that are written to the local store at the same time. */
const concurrency = 2;

/** The parts of a store that its loads involve. */
export interface FillingsOptions {
  readonly files: SnapshotFiles;
  readonly local: ByteStore;
  readonly gate: CommitGate;
  readonly settings: Pick<Settings, 'root' | 'blocks' | 'onFailure'>;
  /** Called when the local store has all rows of a shard. */
  readonly filled: () => void;
}

/** The shards that are being loaded. */
export class Fillings {
  readonly #options: FillingsOptions;
  readonly #blocks: BlockCache;
  /** By the id of their prefix. */
  readonly #byId = new Map<string, Filling>();
  readonly #waiting: Filling[] = [];
  readonly #running = new Set<Promise<void>>();
  /** The keys of manifests whose loads have failed. */
  readonly #failures = new Set<string>();
  #damage: StorageError | undefined;
  /** Resolves when the shards of damaged snapshots have no position any more. */
  #dropped: Promise<void> = Promise.resolve();
  /** Ends the deletes of damaged manifests. */
  readonly #stop = new AbortController();

  constructor(options: FillingsOptions) {
    this.#options = options;
    this.#blocks = new BlockCache(options.settings.blocks);
  }

  /** The number of shards. */
  get size(): number {
    return this.#byId.size;
  }

  /** The error of a snapshot that could not be read on, until `mend` is called. */
  get damage(): StorageError | undefined {
    return this.#damage;
  }

  /** True when a load of this manifest has failed: this process does not begin another one. */
  hasFailed(manifest: string): boolean {
    return this.#failures.has(manifest);
  }

  /** True while a shard is loaded. */
  has({ prefix }: ShardPlace): boolean {
    return this.#byId.has(bytesToId(prefix));
  }

  /** Returns the load that a row belongs to; undefined when the local store has all rows of its shard. */
  of(key: Bytes): Filling | undefined {
    return isPositionKey(key) ? undefined : this.#byId.get(bytesToId(key.subarray(0, prefixLength(key))));
  }

  /** Continues the loads that an earlier process began. Those that cannot go on are dropped, to be restored again. */
  async resume(): Promise<void> {
    const { local, settings } = this.#options;
    const found: (readonly [ShardPlace, LoadMarker])[] = [];
    for await (const [key, value] of local.scan(...markers)) {
      const { partition, store } = markedShard(key) as { store: string; partition: number };
      found.push([new ShardPlace(settings.root, store, partition), decodeMarker(value)]);
    }
    await Promise.all(
      found.map(async ([place, marker]) => {
        const filling = await this.#open(place, marker).catch((thrown: unknown) => {
          this.#report(place, thrown);
          return undefined;
        });
        const hasRows = (await retryPending(() => local.get(place.positionKey))) !== undefined;
        if (filling !== undefined && hasRows) this.#add(filling);
        else await Filling.drop(place, local);
      }),
    );
  }

  /**
   * Begins to load a shard, of which the local store has no row. Its position is that of the snapshot then.
   *
   * @throws StorageError that is `damaged` when a part of the snapshot is missing or damaged.
   */
  async begin(place: ShardPlace, manifest: Manifest, signal: AbortSignal): Promise<void> {
    const filling = await this.#open(place, { manifest, filled: '', cleared: [] }, signal);
    await filling.begin();
    this.#add(filling);
  }

  /** Returns the writes of a commit, with those that keep deleted rows of snapshots deleted. */
  marked(writes: readonly Write[]): readonly Write[] {
    const deletions = writes.flatMap(([key, value]): readonly Write[] => {
      const deletion = value === undefined ? this.of(key)?.deletion(key) : undefined;
      return deletion === undefined ? [] : [deletion];
    });
    return deletions.length === 0 ? writes : [...writes, ...deletions];
  }

  /** Reads the parts of snapshots that keys need. Returns undefined when none are missing. */
  prefetch(keys: readonly Bytes[]): Promise<void> | undefined {
    const reads = keys.flatMap((key) => this.of(key)?.prefetch(key) ?? []);
    return reads.length === 0 ? undefined : Promise.all(reads).then(() => {});
  }

  /** True when rows of a range may be in a snapshot only. */
  touches(from: Bytes, to: Bytes): boolean {
    return this.#in(from, to).length > 0;
  }

  /** Resolves when all rows of a range are in the local store. */
  async filled(from: Bytes, to: Bytes): Promise<void> {
    for (const { done } of this.#in(from, to)) await done;
  }

  /** Clears a range of keys in snapshots, and ends the loads of whole shards. Called before the local rows are cleared. */
  async clear(from: Bytes, to: Bytes): Promise<void> {
    for (const filling of this.#in(from, to)) {
      const part = partIn(filling.place, from, to);
      if (part === 'none') continue;
      if (part !== 'whole') await filling.clear([part.from, part.to]);
      else {
        this.#remove(filling, new StorageError('the rows are dropped'));
        await Filling.drop(filling.place, this.#options.local);
      }
    }
  }

  /** Resolves when all loads are over. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Forgets damage, once the shards that have it are dropped. Until then, reads of their missing rows fail. */
  async mend(): Promise<void> {
    const { gate, local } = this.#options;
    await this.#dropped;
    for (const filling of [...this.#byId.values()].filter(({ stop }) => stop.signal.aborted)) {
      await gate.exclusive(() => Filling.drop(filling.place, local));
      this.#remove(filling);
    }
    this.#damage = undefined;
  }

  /** Ends all loads, whose rows are gone. */
  forget(): void {
    for (const filling of this.#byId.values()) this.#remove(filling, new StorageError('the rows are dropped'));
  }

  /** Stops all loads. The next process continues them. */
  async close(): Promise<void> {
    this.#stop.abort(new StorageError('the state is closed'));
    for (const { stop } of this.#byId.values()) stop.abort(new StorageError('the state is closed'));
    await this.settled();
    await this.#dropped;
  }

  async #open(place: ShardPlace, marker: LoadMarker, signal?: AbortSignal): Promise<Filling> {
    const { files, local } = this.#options;
    const stop = new AbortController();
    const snapshot = await OpenSnapshot.open({
      files,
      manifest: marker.manifest,
      blocks: this.#blocks,
      signal: signal ?? stop.signal,
      reads: stop.signal,
      isOver: () => filling.isOver,
      failed: (thrown) => this.#failed(filling, thrown),
    });
    const filling = new Filling({ place, local, snapshot, marker, stop });
    return filling;
  }

  #add(filling: Filling): void {
    this.#byId.set(bytesToId(filling.place.prefix), filling);
    this.#waiting.push(filling);
    this.#next();
  }

  #remove({ place, stop }: Filling, reason?: StorageError): void {
    this.#byId.delete(bytesToId(place.prefix));
    if (reason !== undefined) stop.abort(reason);
    if (this.#byId.size === 0) this.#blocks.clear();
  }

  #in(from: Bytes, to: Bytes): readonly Filling[] {
    return [...this.#byId.values()].filter(({ place }) => partIn(place, from, to) !== 'none');
  }

  /** Begins to fill the next shards. */
  #next(): void {
    while (this.#running.size < concurrency && !this.#stop.signal.aborted) {
      const filling = this.#waiting.shift();
      if (filling === undefined) return;
      const run = this.#run(filling).finally(() => {
        this.#running.delete(run);
        this.#next();
      });
      this.#running.add(run);
    }
  }

  async #run(filling: Filling): Promise<void> {
    if (filling.stop.signal.aborted) return;
    try {
      await filling.run(this.#options.gate);
      this.#remove(filling);
      this.#options.filled();
    } catch (thrown) {
      this.#failed(filling, thrown);
    }
  }

  /** Ends a load whose snapshot cannot be read, or whose rows cannot be written. */
  #failed(filling: Filling, thrown: unknown): void {
    const { files, gate, local } = this.#options;
    const { place, stop } = filling;
    if (stop.signal.aborted || filling.isOver) return;
    this.#report(place, thrown);
    const error = new StorageError(`${problem(place)}: ${messageOf(thrown)}; they are restored again`, thrown, true);
    this.#damage ??= error;
    stop.abort(error);
    const manifest = place.manifest(filling.manifest.position);
    this.#failures.add(manifest);
    const isDamaged = thrown instanceof StorageError && thrown.damaged;
    const drop = async (): Promise<void> => {
      await gate.exclusive(() => Filling.drop(place, local));
      // No other process should begin with it.
      if (isDamaged) await files.bucket.delete([manifest], this.#stop.signal);
    };
    // After a failure the shard is dropped by `mend`, or loaded on by the next start.
    this.#dropped = Promise.all([this.#dropped, drop().catch(() => {})]).then(() => {});
  }

  #report(place: ShardPlace, thrown: unknown): void {
    this.#options.settings.onFailure(
      new StorageError(`${problem(place)}: ${messageOf(thrown)}; they are restored again`, thrown),
    );
  }
}

const problem = ({ partition, store }: ShardPlace): string =>
  `the rows of store "${store}", partition ${partition}, cannot be loaded from a snapshot`;
