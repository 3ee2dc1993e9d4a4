import {
  type ByteStore,
  type Bytes,
  bytesToId,
  concatBytes,
  encodePosition,
  idToBytes,
  rangeOf,
  type Write,
} from '@kstreams/core/graph';
import { covers, type IdRange, type SortedChanges, unionOf } from '../changes.js';
import type { Manifest } from '../manifest.js';
import { openScan, type ScanRange } from '../open-scan.js';
import type { ShardPlace } from '../shard-place.js';
import { deletedPrefix, encodeMarker, type LoadMarker, markerKey } from './load-marker.js';
import { type MergedRow, mergedChanges, mergedRows, type SortedLayer, segmentRows } from './merged-rows.js';
import type { OpenSnapshot } from './open-snapshot.js';

/** The value of a row that marks a deleted one. */
const deleted: Bytes = new Uint8Array(1);

/** The bytes of rows that are merged at a time, about. */
const mergedAtOnce = 1_024 ** 2;

/** Receives the reads of rows. */
export interface ReadRows {
  /** Receives the key of a row that the local store has. */
  readonly hit: (key: Bytes) => void;
  /** Receives a row of the snapshot that the local store lacks, with its key without the prefix. */
  readonly missed: (overlay: Overlay, own: Bytes, value: Bytes) => void;
}

/** The parts of an overlay. */
export interface OverlayOptions {
  readonly place: ShardPlace;
  readonly local: ByteStore;
  readonly snapshot: OpenSnapshot;
  readonly marker: LoadMarker;
  /** Ends the reads of the snapshot. */
  readonly stop: AbortController;
  /** None are followed unless set. */
  readonly reads?: ReadRows | undefined;
}

/**
 * A shard of which some rows are in a snapshot only. Local rows and local deletes are at least as new as the snapshot; all other
 * rows are those of the snapshot. A marker in the local store names it, from which the next process continues.
 */
export class Overlay {
  readonly place: ShardPlace;
  readonly local: ByteStore;
  readonly stop: AbortController;
  /** Resolves when the local store has all rows; rejects when the load ends before. */
  readonly done: Promise<void>;
  /** The bytes of the local rows, about. */
  bytes: number;
  readonly #reads: ReadRows | undefined;
  readonly #deleted: Bytes;
  #snapshot: OpenSnapshot;
  #marker: LoadMarker;
  #isOver = false;
  #end: () => void = () => {};

  constructor({ local, marker, place, reads, snapshot, stop }: OverlayOptions) {
    this.place = place;
    this.stop = stop;
    this.local = local;
    this.bytes = marker.bytes ?? 0;
    this.#marker = marker;
    this.#snapshot = snapshot;
    this.#reads = reads;
    this.#deleted = deletedPrefix(place);
    this.done = new Promise((resolve, reject) => {
      this.#end = resolve;
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
    });
    // Those who wait for it have the error.
    this.done.catch(() => {});
  }

  /** True when the local store has all rows. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get marker(): LoadMarker {
    return this.#marker;
  }

  get snapshot(): OpenSnapshot {
    return this.#snapshot;
  }

  /** The snapshot below the local rows. */
  get manifest(): Manifest {
    return this.#marker.manifest;
  }

  /** Begins with no local row of the shard. */
  async begin(): Promise<void> {
    await this.local.clear(...rangeOf(this.#deleted));
    await this.local.commit([
      this.#markerWrite(this.#marker),
      [this.place.positionKey, encodePosition(this.manifest.position)],
    ]);
  }

  /**
   * Returns the value of a key; undefined for none.
   *
   * @throws Pending while parts of the snapshot are read.
   */
  get(key: Bytes): Bytes | undefined {
    const found = this.local.get(key);
    if (found !== undefined) {
      this.#reads?.hit(key);
      return found;
    }
    const [own, id] = this.#ownPart(key);
    if (this.#hides(own, id) || this.#isOver) return undefined;
    this.stop.signal.throwIfAborted();
    const value = this.#snapshot.get(own);
    if (value !== undefined) this.#reads?.missed(this, own, value);
    return value;
  }

  /** Reads the parts of the snapshot that a key needs. Returns undefined when none are missing. */
  prefetch(key: Bytes): Promise<void> | undefined {
    const [own, id] = this.#ownPart(key);
    const isHere = this.stop.signal.aborted || this.local.get(key) !== undefined || this.#hides(own, id);
    return isHere ? undefined : this.#snapshot.prefetch(own);
  }

  /** True when the value of a key is that of the snapshot. */
  isBelow(key: Bytes): boolean {
    const [own, id] = this.#ownPart(key);
    return this.local.get(key) === undefined && !this.#hides(own, id);
  }

  /** True when a deleted row needs a mark, because the snapshot may have it. */
  mayHave(id: string): boolean {
    return id >= this.#marker.filled;
  }

  /** Returns the write that keeps a deleted row deleted. */
  deletion(id: string): Write {
    return [concatBytes(this.#deleted, idToBytes(id)), deleted];
  }

  /** Clears a range of the snapshot. Called before its local rows are cleared. */
  async clear(range: IdRange): Promise<void> {
    if (range[1] <= this.#marker.filled) return;
    await this.move({ ...this.#marker, cleared: unionOf(this.#marker.cleared, [range]) });
  }

  /** Commits writes with a new marker, and its snapshot if that is another one. Until then, reads use those before. */
  async move(marker: LoadMarker, writes: readonly Write[] = [], snapshot = this.#snapshot): Promise<void> {
    await this.local.commit([...writes, this.#markerWrite(marker)]);
    this.#marker = marker;
    this.#snapshot = snapshot;
  }

  /** Ends the load: the local store has all rows. */
  async finish(): Promise<void> {
    await this.local.commit([[markerKey(this.place), undefined]]);
    this.#isOver = true;
    this.#end();
    await this.local.clear(...rangeOf(this.#deleted));
  }

  /** Returns the rows of a range as they are now. Called while no commit is under way. */
  async rows(range: ScanRange): Promise<AsyncGenerator<readonly MergedRow[], void, undefined>> {
    const layers = [...(await this.#localLayers(range)), ...this.#snapshot.layers(range)];
    return mergedRows(layers, mergedAtOnce, range.reverse);
  }

  /** Returns what differs from the snapshot, or may differ, as it is now. Called while no commit is under way. */
  async changes(): Promise<SortedChanges> {
    const layers = await this.#localLayers({});
    return { cleared: this.#marker.cleared, sorted: segmentRows(mergedChanges(layers, mergedAtOnce)) };
  }

  /** Returns the keys of local deletes, some at a time. */
  async *deletions(): AsyncGenerator<readonly (readonly [key: Bytes, id: string])[], void, undefined> {
    for await (const rows of await openScan(this.local, this.#deleted)) {
      yield rows.map(([own]) => [concatBytes(this.#deleted, own), bytesToId(own)]);
    }
  }

  /** Ends a load that cannot go on: without a position, the rows of the shard are restored again. */
  static async drop(place: ShardPlace, local: ByteStore): Promise<void> {
    await local.commit([
      [place.positionKey, undefined],
      [markerKey(place), undefined],
    ]);
    await local.clear(...rangeOf(deletedPrefix(place)));
  }

  async #localLayers(range: ScanRange): Promise<readonly SortedLayer[]> {
    const rows = await openScan(this.local, this.place.prefix, range);
    const deletes = await openScan(this.local, this.#deleted, range);
    return [
      { cleared: [], rows },
      { cleared: this.#marker.cleared, rows: withoutValues(deletes) },
    ];
  }

  /** True when the local store has all there is of a key without its row. */
  #hides(own: Bytes, id: string): boolean {
    const { cleared, filled } = this.#marker;
    return id < filled || covers(cleared, id) || this.local.get(concatBytes(this.#deleted, own)) !== undefined;
  }

  #ownPart(key: Bytes): readonly [own: Bytes, id: string] {
    const own = key.subarray(this.place.prefix.length);
    return [own, bytesToId(own)];
  }

  #markerWrite(marker: LoadMarker): Write {
    return [markerKey(this.place), encodeMarker(marker)];
  }
}

async function* withoutValues(
  scan: AsyncIterable<readonly (readonly [key: Bytes, value: Bytes | undefined])[]>,
): AsyncGenerator<readonly (readonly [key: Bytes, value: undefined])[], void, undefined> {
  for await (const rows of scan) yield rows.map(([key]) => [key, undefined]);
}
