import {
  type ByteStore,
  type Bytes,
  backoff,
  decodePosition,
  retryPending,
  type StoredPosition,
} from '@kstreams/core/graph';
import { Changes, type Layer } from './changes.js';
import { segmentRows } from './loading/merged-rows.js';
import type { Overlay } from './loading/overlay.js';
import { type Manifest, sizeOf } from './manifest.js';
import { openScan } from './open-scan.js';
import type { ShardPlace } from './shard-place.js';
import type { SnapshotFiles } from './snapshot-files.js';
import { needsAllRows, type SnapshotRows } from './write-snapshot.js';

/** The rows of a shard to write as a snapshot, with their position. */
export interface Taken {
  readonly position: StoredPosition;
  readonly rows: SnapshotRows;
}

/** Times of a snapshot that was written, in monotonic ms; early ones were not due yet. */
export interface Writing {
  readonly begin: number;
  readonly end: number;
  readonly isEarly: boolean;
}

/** The pauses after failed snapshots. */
const pauses = { first: '1s', longest: '1m' } as const;

/** The number of ranges in a delta from which on all rows are written. */
const mostRanges = 1_000;

/** The size of the deltas that are written early within the time between snapshots, as a share of all rows: more are not. */
const earlyShare = 0.25;

/** The part of the time that snapshots of all rows may take, while rows change fast. */
const fullShare = 0.1;

/** The changes of a shard since its last snapshot. */
export class Shard {
  readonly place: ShardPlace;
  /** The manifests of the bucket that were read, by key. */
  readonly manifests = new Map<string, Manifest>();
  /** The last snapshot, to which the changes belong; undefined when it is not known. */
  chain: Manifest | undefined;
  /** The monotonic time of the first change since the last snapshot, in ms; undefined without changes. */
  changedAt: number | undefined;
  /** The position before the first change. */
  #start: StoredPosition | undefined;
  /** Undefined when changes were not kept: the next snapshot has all rows. */
  #changes: Changes | undefined = new Changes();
  /** The changes that are being written. */
  #taken: { readonly changes: Changes | undefined } | undefined;
  /** The number of failed attempts since the last snapshot, and the monotonic time of the next one, in ms. */
  #failures = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  /** The monotonic time from which on the next snapshot with all rows may follow the last one, in ms. */
  #restsUntil = Number.NEGATIVE_INFINITY;
  /** The bytes of the deltas that were written early until a monotonic time, in ms. */
  #early = { bytes: 0, until: Number.NEGATIVE_INFINITY };

  constructor(place: ShardPlace, start: StoredPosition | undefined, chain?: Manifest) {
    this.place = place;
    this.#start = start;
    this.chain = chain;
  }

  /** The memory of the changes, in bytes. */
  get bytes(): number {
    return (this.#changes?.bytes ?? 0) + (this.#taken?.changes?.bytes ?? 0);
  }

  /** Returns the monotonic time of the next snapshot, in ms, if it may wait for a time after the first change. */
  due(wait: number): number {
    return this.changedAt === undefined ? Number.POSITIVE_INFINITY : Math.max(this.changedAt + wait, this.#retryAt);
  }

  /** The monotonic time before which no snapshot with all rows should be written, in ms. */
  get restsUntil(): number {
    return this.#changes === undefined ? this.#restsUntil : Number.NEGATIVE_INFINITY;
  }

  /**
   * True when all rows should be written in due time rather than the changes early: there is no snapshot yet, or rows change so fast
   * that the deltas cost more. The next early delta waits until rows have changed slowly for the time between snapshots.
   */
  prefersAllRows(now: number, every: number): boolean {
    if (this.chain === undefined) return this.#start === undefined;
    const due = this.due(every);
    if (now >= Math.max(this.#early.until, this.#restsUntil + every)) this.#early = { bytes: 0, until: due };
    if (this.#early.bytes <= earlyShare * sizeOf(this.chain.full)) return false;
    this.#early.until = due + every;
    return true;
  }

  /** Looks for a snapshot of the position before the first change, such as that of the last close. */
  async findChain(files: SnapshotFiles, signal: AbortSignal): Promise<void> {
    if (this.#start === undefined || this.chain !== undefined) return;
    this.chain = await files.readManifest(this.place.manifest(this.#start), signal);
    this.#start = undefined;
  }

  put(id: string, value: Bytes | undefined, now: number): void {
    this.changedAt ??= now;
    this.#changes?.put(id, value);
  }

  clear(from: string, to: string): void {
    this.#changes?.clear([from, to]);
  }

  /** Forgets the changes, to bound memory or because they are unknown. The next snapshot has all rows. */
  forget(now: number): void {
    this.changedAt ??= now;
    this.#changes = undefined;
  }

  /** The changes since the last snapshot; undefined when they are not known. */
  get changes(): Layer | undefined {
    return this.#changes?.combined();
  }

  /**
   * True when a snapshot is the last one, and has the local row of a key, or lacks it as the local store does. That holds until
   * the next turn of the event loop, in which another snapshot may have been written.
   */
  isKept(id: string, snapshot: Manifest): boolean {
    if (this.chain !== snapshot) return false;
    return [this.#changes, ...(this.#taken === undefined ? [] : [this.#taken.changes])].every(
      (changes) => changes !== undefined && !changes.has(id),
    );
  }

  /**
   * Takes the rows of the next snapshot; undefined when there is nothing new. Called while no commit is under way: later
   * changes belong to the snapshot after it.
   */
  async take(local: ByteStore, overlay: Overlay | undefined): Promise<Taken | undefined> {
    this.changedAt = undefined;
    const stored = await retryPending(() => local.get(this.place.positionKey));
    if (stored === undefined) return undefined;
    const position = decodePosition(stored);
    if (this.chain !== undefined && this.chain.position.topicId !== position.topicId) this.chain = undefined;
    if (this.chain?.position.offset === position.offset) return undefined;
    const changes = this.#changes;
    const known = changes?.combined();
    this.#taken = { changes };
    this.#changes = new Changes();
    const { chain } = this;
    if (chain !== undefined && !needsAllRows(chain)) {
      const since = known ?? (await overlay?.changes());
      if (since !== undefined && since.cleared.length <= mostRanges) {
        return { position, rows: { kind: 'delta', changes: since, on: chain } };
      }
    }
    const rows = overlay === undefined ? openScan(local, this.place.prefix) : overlay.rows({}).then(segmentRows);
    return { position, rows: { kind: 'full', rows: await rows } };
  }

  /** Ends a snapshot that was written between two monotonic times, in ms, in due time or early. */
  written(manifest: Manifest, { begin, end, isEarly }: Writing): void {
    this.chain = manifest;
    if (manifest.deltas.length === 0) this.#restsUntil = begin + (end - begin) / fullShare;
    if (isEarly) this.#early.bytes += sizeOf(manifest.deltas.at(-1)?.segments ?? []);
    this.manifests.set(this.place.manifest(manifest.position), manifest);
    this.#taken = undefined;
    this.#failures = 0;
    this.#retryAt = Number.NEGATIVE_INFINITY;
  }

  /** Gives up the last snapshot: the next one has all rows. */
  withdraw(now: number): void {
    this.chain = undefined;
    this.forget(now);
  }

  /** Ends an attempt that failed. The taken changes are kept for the next one, after a pause. */
  failed(now: number): void {
    this.#failures++;
    this.#retryAt = now + backoff(this.#failures, pauses);
    if (this.#taken === undefined) return;
    const { changes } = this.#taken;
    this.#taken = undefined;
    this.changedAt ??= now;
    if (this.#changes !== undefined) changes?.add(this.#changes.combined());
    this.#changes &&= changes;
  }
}
