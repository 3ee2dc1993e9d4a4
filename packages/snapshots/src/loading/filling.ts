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
import { covers, type IdRange, unionOf } from '../changes.js';
import type { CommitGate } from '../commit-gate.js';
import type { Manifest } from '../manifest.js';
import type { ShardPlace } from '../shard-place.js';
import { deletedPrefix, encodeMarker, type LoadMarker, markerKey } from './load-marker.js';
import type { MergedRow } from './merged-rows.js';
import type { OpenSnapshot } from './open-snapshot.js';

/** The value of a row that marks a deleted one. */
const deleted: Bytes = new Uint8Array(1);

/** The parts of a load. */
export interface FillingOptions {
  readonly place: ShardPlace;
  readonly local: ByteStore;
  readonly snapshot: OpenSnapshot;
  readonly marker: LoadMarker;
  /** Ends the reads of the snapshot. */
  readonly stop: AbortController;
}

/**
 * A shard of which some rows are in a snapshot only. Local rows and local deletes are newer than the snapshot. The others are
 * written to the local store in the order of their keys, with a marker, from which the next process continues.
 */
export class Filling {
  readonly place: ShardPlace;
  readonly stop: AbortController;
  /** Resolves when the local store has all rows; rejects when the load ends before. */
  readonly done: Promise<void>;
  readonly #local: ByteStore;
  readonly #snapshot: OpenSnapshot;
  readonly #deleted: Bytes;
  #marker: LoadMarker;
  #isOver = false;
  #end: () => void = () => {};

  constructor({ local, marker, place, snapshot, stop }: FillingOptions) {
    this.place = place;
    this.stop = stop;
    this.#local = local;
    this.#marker = marker;
    this.#snapshot = snapshot;
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

  /** The snapshot that is loaded. */
  get manifest(): Manifest {
    return this.#marker.manifest;
  }

  /** Begins the load: no row of the shard is in the local store yet. */
  async begin(): Promise<void> {
    await this.#local.clear(...rangeOf(this.#deleted));
    await this.#local.commit([this.#markerWrite(), [this.place.positionKey, encodePosition(this.manifest.position)]]);
  }

  /**
   * Returns the value of a key; undefined for none.
   *
   * @throws Pending while parts of the snapshot are read.
   */
  get(key: Bytes): Bytes | undefined {
    const found = this.#local.get(key);
    if (found !== undefined) return found;
    const [own, id] = this.#ownPart(key);
    if (this.#isLocal(id) || this.#local.get(concatBytes(this.#deleted, own)) !== undefined) return undefined;
    if (this.#isOver) return undefined;
    this.stop.signal.throwIfAborted();
    return this.#snapshot.get(own);
  }

  /** Reads the parts of the snapshot that a key needs. Returns undefined when none are missing. */
  prefetch(key: Bytes): Promise<void> | undefined {
    const [own, id] = this.#ownPart(key);
    return this.#isLocal(id) || this.stop.signal.aborted ? undefined : this.#snapshot.prefetch(own);
  }

  /** Returns the write that keeps a deleted row deleted; undefined where none is needed. */
  deletion(key: Bytes): Write | undefined {
    const [own, id] = this.#ownPart(key);
    return id < this.#marker.filled ? undefined : [concatBytes(this.#deleted, own), deleted];
  }

  /** Clears a range of the snapshot. Called before its local rows are cleared. */
  async clear(range: IdRange): Promise<void> {
    if (range[1] <= this.#marker.filled) return;
    this.#marker = { ...this.#marker, cleared: unionOf(this.#marker.cleared, [range]) };
    await this.#local.commit([this.#markerWrite()]);
  }

  /** Writes all rows to the local store, some at a time between commits. */
  async run(gate: CommitGate): Promise<void> {
    const { signal } = this.stop;
    for await (const rows of this.#snapshot.rows(this.#marker.filled)) {
      await gate.exclusive(async () => {
        signal.throwIfAborted();
        await this.#write(rows);
      });
    }
    await gate.exclusive(async () => {
      signal.throwIfAborted();
      await this.#finish();
    });
  }

  /** Ends a load that cannot go on: without a position, the rows of the shard are restored again. */
  static async drop(place: ShardPlace, local: ByteStore): Promise<void> {
    await local.commit([
      [place.positionKey, undefined],
      [markerKey(place), undefined],
    ]);
    await local.clear(...rangeOf(deletedPrefix(place)));
  }

  async #write(rows: readonly MergedRow[]): Promise<void> {
    const { prefix } = this.place;
    const range = [(rows[0] as MergedRow).id, `${(rows.at(-1) as MergedRow).id}\0`] as const;
    const [newer, gone] = [await this.#idsIn(prefix, range), await this.#idsIn(this.#deleted, range)];
    const missing = rows.filter(({ id }) => !newer.has(id) && !gone.has(id) && !covers(this.#marker.cleared, id));
    const marker = { ...this.#marker, filled: range[1] };
    await this.#local.commit([
      ...missing.map(({ key, value }): Write => [concatBytes(prefix, key), value.slice()]),
      [markerKey(this.place), encodeMarker(marker)],
    ]);
    // Until here, reads find the rows in the snapshot.
    this.#marker = marker;
  }

  async #finish(): Promise<void> {
    await this.#local.commit([[markerKey(this.place), undefined]]);
    this.#isOver = true;
    this.#end();
    await this.#local.clear(...rangeOf(this.#deleted));
  }

  async #idsIn(prefix: Bytes, [from, to]: IdRange): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    const at = (id: string): Bytes => concatBytes(prefix, idToBytes(id));
    for await (const [key] of this.#local.scan(at(from), at(to))) ids.add(bytesToId(key.subarray(prefix.length)));
    return ids;
  }

  #isLocal(id: string): boolean {
    return id < this.#marker.filled || covers(this.#marker.cleared, id);
  }

  #ownPart(key: Bytes): readonly [own: Bytes, id: string] {
    const own = key.subarray(this.place.prefix.length);
    return [own, bytesToId(own)];
  }

  #markerWrite(): Write {
    return [markerKey(this.place), encodeMarker(this.#marker)];
  }
}
