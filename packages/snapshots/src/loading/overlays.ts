import {
  type ByteStore,
  type Bytes,
  bytesToId,
  messageOf,
  retryPending,
  StorageError,
  type Write,
} from '@kstreams/core/graph';
import { type Layer, unionOf } from '../changes.js';
import type { CommitGate } from '../commit-gate.js';
import type { Manifest } from '../manifest.js';
import type { Settings } from '../settings.js';
import { idAfter, isPositionKey, partIn, prefixLength, ShardPlace } from '../shard-place.js';
import type { SnapshotFiles } from '../snapshot-files.js';
import { BlockCache } from './block-cache.js';
import { FillQueue } from './fill-queue.js';
import { decodeMarker, type LoadMarker, markedShard, markers } from './load-marker.js';
import { OpenSnapshot } from './open-snapshot.js';
import { Overlay, type ReadRows } from './overlay.js';

/** The parts of a store that its loads involve. */
export interface OverlaysOptions {
  readonly files: SnapshotFiles;
  readonly local: ByteStore;
  readonly gate: CommitGate;
  readonly settings: Pick<Settings, 'root' | 'blocks' | 'disk' | 'onFailure'>;
  /** Called when the local store has all rows of a shard. */
  readonly filled: () => void;
  /** Receives reads where the local rows have a bound. */
  readonly reads: ReadRows;
}

/** The overlay of a snapshot, once it is known. */
interface SnapshotOwner {
  overlay: Overlay | undefined;
}

/** The shards of which some rows are in a snapshot only. All of their rows are loaded, unless the local rows have a bound. */
export class Overlays {
  readonly #options: OverlaysOptions;
  readonly #blocks: BlockCache;
  /** By the id of their prefix. */
  readonly #byId = new Map<string, Overlay>();
  readonly #fills: FillQueue;
  /** The keys of manifests whose loads have failed. */
  readonly #failures = new Set<string>();
  #damage: StorageError | undefined;
  /** Resolves when the shards of damaged snapshots have no position any more. */
  #dropped: Promise<void> = Promise.resolve();
  /** Ends the deletes of damaged manifests. */
  readonly #stop = new AbortController();

  constructor(options: OverlaysOptions) {
    this.#options = options;
    this.#blocks = new BlockCache(options.settings.blocks);
    this.#fills = new FillQueue({
      files: options.files,
      gate: options.gate,
      filled: (overlay) => {
        this.#remove(overlay);
        options.filled();
      },
      failed: (overlay, thrown) => this.failed(overlay, thrown),
    });
  }

  /** True when the local rows have a bound: no shard is loaded as a whole. */
  get areBounded(): boolean {
    return this.#options.settings.disk < Number.POSITIVE_INFINITY;
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

  /** All of them. */
  get all(): readonly Overlay[] {
    return [...this.#byId.values()];
  }

  /** Returns the overlay of a shard; undefined when the local store has all of its rows. */
  at({ prefix }: ShardPlace): Overlay | undefined {
    return this.#byId.get(bytesToId(prefix));
  }

  /** Returns the overlay that a row belongs to; undefined when the local store has all rows of its shard. */
  of(key: Bytes): Overlay | undefined {
    return isPositionKey(key) ? undefined : this.#byId.get(bytesToId(key.subarray(0, prefixLength(key))));
  }

  /** Continues what an earlier process began. Shards that cannot go on are dropped, to be restored again. */
  async resume(): Promise<void> {
    const { local, settings } = this.#options;
    const found: (readonly [ShardPlace, LoadMarker])[] = [];
    for await (const [key, value] of local.scan(...markers)) {
      const { partition, store } = markedShard(key) as { store: string; partition: number };
      found.push([new ShardPlace(settings.root, store, partition), decodeMarker(value)]);
    }
    await Promise.all(
      found.map(async ([place, marker]) => {
        const overlay = await this.#open(place, marker).catch((thrown: unknown) => {
          // Without the bucket, the changelog would bring more rows than the bound.
          if (this.areBounded && !isDamage(thrown)) throw thrown;
          this.#report(place, thrown);
          return undefined;
        });
        const hasRows = (await retryPending(() => local.get(place.positionKey))) !== undefined;
        if (overlay !== undefined && hasRows) this.#add(overlay);
        else await Overlay.drop(place, local);
      }),
    );
  }

  /**
   * Begins to load a shard, of which the local store has no row. Its position is that of the snapshot then.
   *
   * @throws StorageError that is `damaged` when a part of the snapshot is missing or damaged.
   */
  async begin(place: ShardPlace, manifest: Manifest, signal: AbortSignal): Promise<void> {
    const overlay = await this.#open(place, { manifest, filled: '', cleared: [], bytes: 0 }, signal);
    await overlay.begin();
    this.#add(overlay);
  }

  /**
   * Takes a newer snapshot of a shard, or the first one, in place of the one before. `changes` returns what the local store has
   * changed since its position, and undefined when the snapshot is of no use any more. It is called while no commit is under way.
   */
  async advance(
    place: ShardPlace,
    manifest: Manifest,
    changes: (before: Overlay | undefined) => Layer | undefined,
    signal: AbortSignal,
  ): Promise<Overlay | undefined> {
    const before = this.at(place);
    const stop = before?.stop ?? new AbortController();
    const owner = { overlay: before };
    const snapshot = await this.#openSnapshot(manifest, stop, owner, signal);
    return this.#options.gate.exclusive(async () => {
      const since = this.at(place) === before ? changes(before) : undefined;
      if (since === undefined) return undefined;
      const bytes = before?.bytes ?? snapshot.bytes;
      const marker = { manifest, filled: '', cleared: since.cleared, bytes };
      const overlay = before ?? this.#overlay(place, marker, snapshot, stop);
      owner.overlay = overlay;
      const deleted = [...since.rows].filter(([, value]) => value === undefined);
      await overlay.move(marker, before === undefined ? deleted.map(([id]) => overlay.deletion(id)) : [], snapshot);
      if (before === undefined) this.#add(overlay);
      return overlay;
    });
  }

  /** Returns the writes of a commit, with those that keep deleted rows of snapshots deleted. */
  marked(writes: readonly Write[]): readonly Write[] {
    if (this.size === 0) return writes;
    const deletions = writes.flatMap(([key, value]): readonly Write[] => {
      const overlay = this.of(key);
      if (overlay === undefined) return [];
      if (this.areBounded) overlay.bytes += key.length + (value?.length ?? 0);
      if (value !== undefined) return [];
      const id = idAfter(key, overlay.place.prefix.length);
      return overlay.mayHave(id) ? [overlay.deletion(id)] : [];
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
    for (const overlay of this.#in(from, to)) {
      const part = partIn(overlay.place, from, to);
      if (part === 'none') continue;
      if (part !== 'whole') await overlay.clear([part.from, part.to]);
      else {
        this.#remove(overlay, new StorageError('the rows are dropped'));
        await Overlay.drop(overlay.place, this.#options.local);
      }
    }
  }

  /** Resolves when all loads are over. */
  settled(): Promise<void> {
    return this.#fills.settled();
  }

  /** Forgets damage, once the shards that have it are dropped. Until then, reads of their missing rows fail. */
  async mend(): Promise<void> {
    const { gate, local } = this.#options;
    await this.#dropped;
    for (const overlay of [...this.#byId.values()].filter(({ stop }) => stop.signal.aborted)) {
      await gate.exclusive(() => Overlay.drop(overlay.place, local));
      this.#remove(overlay);
    }
    this.#damage = undefined;
  }

  /** Ends all loads, whose rows are gone. */
  forget(): void {
    for (const overlay of this.#byId.values()) this.#remove(overlay, new StorageError('the rows are dropped'));
  }

  /** Stops all loads. The next process continues them. */
  async close(): Promise<void> {
    this.#fills.stop();
    this.#stop.abort(new StorageError('the state is closed'));
    for (const { stop } of this.#byId.values()) stop.abort(new StorageError('the state is closed'));
    await this.settled();
    await this.#dropped;
  }

  async #open(place: ShardPlace, marker: LoadMarker, signal?: AbortSignal): Promise<Overlay> {
    const stop = new AbortController();
    const owner: SnapshotOwner = { overlay: undefined };
    const snapshot = await this.#openSnapshot(marker.manifest, stop, owner, signal ?? stop.signal);
    owner.overlay = this.#overlay(place, this.areBounded ? withBound(marker, snapshot) : marker, snapshot, stop);
    return owner.overlay;
  }

  #overlay(place: ShardPlace, marker: LoadMarker, snapshot: OpenSnapshot, stop: AbortController): Overlay {
    const { local, reads } = this.#options;
    return new Overlay({ place, local, snapshot, marker, stop, reads: this.areBounded ? reads : undefined });
  }

  #openSnapshot(
    manifest: Manifest,
    stop: AbortController,
    owner: SnapshotOwner,
    signal: AbortSignal,
  ): Promise<OpenSnapshot> {
    return OpenSnapshot.open({
      files: this.#options.files,
      manifest,
      blocks: this.#blocks,
      signal,
      reads: stop.signal,
      isOver: () => owner.overlay?.isOver === true,
      failed: (thrown) => {
        const { overlay } = owner;
        // Another snapshot may have taken its place.
        if (overlay?.manifest === manifest) this.failed(overlay, thrown);
      },
      before: owner.overlay?.snapshot,
    });
  }

  #add(overlay: Overlay): void {
    this.#byId.set(bytesToId(overlay.place.prefix), overlay);
    if (!this.areBounded) this.#fills.add(overlay);
  }

  #remove({ place, stop }: Overlay, reason?: StorageError): void {
    this.#byId.delete(bytesToId(place.prefix));
    if (reason !== undefined) stop.abort(reason);
    if (this.#byId.size === 0) this.#blocks.clear();
  }

  #in(from: Bytes, to: Bytes): readonly Overlay[] {
    return [...this.#byId.values()].filter(({ place }) => partIn(place, from, to) !== 'none');
  }

  /**
   * Ends a load whose snapshot cannot be read, or whose rows cannot be written. Where the local rows have a bound, only damage ends
   * it: without the bucket, reads fail.
   */
  failed(overlay: Overlay, thrown: unknown): void {
    const { files, gate, local } = this.#options;
    const { place, stop } = overlay;
    if (stop.signal.aborted || overlay.isOver || (this.areBounded && !isDamage(thrown))) return;
    this.#report(place, thrown);
    const error = new StorageError(`${problem(place)}: ${messageOf(thrown)}; they are restored again`, thrown, true);
    this.#damage ??= error;
    stop.abort(error);
    const manifest = place.manifest(overlay.manifest.position);
    this.#failures.add(manifest);
    const isDamaged = isDamage(thrown);
    const drop = async (): Promise<void> => {
      await gate.exclusive(() => Overlay.drop(place, local));
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

const isDamage = (thrown: unknown): boolean => thrown instanceof StorageError && thrown.damaged;

/** Returns a marker whose rows are not loaded any further. */
const withBound = ({ bytes, cleared, filled, manifest }: LoadMarker, snapshot: OpenSnapshot): LoadMarker => ({
  manifest,
  filled: '',
  cleared: filled === '' ? cleared : unionOf(cleared, [['', filled]]),
  bytes: bytes ?? snapshot.bytes,
});

const problem = ({ partition, store }: ShardPlace): string =>
  `the rows of store "${store}", partition ${partition}, cannot be loaded from a snapshot`;
