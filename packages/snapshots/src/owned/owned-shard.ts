import {
  type ByteStore,
  type Bytes,
  concatBytes,
  FencedError,
  fromUtf8,
  idToBytes,
  retryPending,
  StorageError,
  toUtf8,
  type Write,
} from '@kstreams/core/graph';
import { Changes, type IdRange } from '../changes.js';
import type { Delta, StoredSegment } from '../manifest.js';
import { openScan } from '../open-scan.js';
import type { SegmentRow } from '../segment/block.js';
import { ownedTopic, type ShardPlace } from '../shard-place.js';
import type { SnapshotFiles } from '../snapshot-files.js';
import { needsAllRows, writeDelta } from '../write-snapshot.js';
import { decodeOwner, encodeOwner, type OwnerRecord } from './owner-record.js';

/** The parts of a shard that this process owns. */
export interface OwnedOptions {
  readonly place: ShardPlace;
  readonly files: SnapshotFiles;
  readonly local: ByteStore;
  /** The memory of the changes from which on they are written as a segment, in bytes. */
  readonly tailBytes: number;
}

/** All ids: those of keys have characters up to `\xff`. */
const everything: IdRange = ['', '\u0100'];

/**
 * A shard without a changelog. Its owner object in the bucket has its last commit: the names of segments, and the changes that
 * are in none. Each commit, and each owner, replaces the version that the one before wrote.
 */
export class OwnedShard {
  readonly #options: OwnedOptions;
  #version: string;
  #number: number;
  #full: readonly StoredSegment[];
  #deltas: readonly Delta[];
  #tail = new Changes();
  /** Segments that the next commit no longer names. */
  #dropped: string[] = [];
  #failure: unknown;

  private constructor(options: OwnedOptions, { deltas, full, number, tail }: OwnerRecord, version: string) {
    this.#options = options;
    this.#version = version;
    this.#number = number;
    this.#full = full;
    this.#deltas = deltas;
    this.#tail.add(tail);
  }

  /**
   * Takes a shard over, and loads the rows of its last commit unless the local store has them. Without an owner object, the local
   * rows are the first commit.
   *
   * @throws StorageError when an object of the shard is missing or damaged.
   */
  static async acquire(options: OwnedOptions, signal: AbortSignal): Promise<OwnedShard> {
    const { files, local, place } = options;
    for (;;) {
      const found = await files.bucket.getVersion(place.owner, signal);
      const before = found && decodeOwner(found.bytes);
      if (found !== undefined && before === undefined) throw damaged(files, place.owner);
      const tag = crypto.randomUUID();
      const last = before ?? (await firstRecord(options, signal));
      const next = { ...last, tag, number: last.number + 1 };
      const version = await files.replace(place.owner, encodeOwner(next), found?.version, signal);
      // Another process took it over since.
      if (version === undefined) continue;
      const shard = new OwnedShard(options, next, version);
      const stored = await retryPending(() => local.get(place.ownerKey));
      if (before !== undefined && (stored && fromUtf8(stored)) !== before.tag) await shard.#load(signal);
      await local.commit([[place.ownerKey, toUtf8(tag)]]);
      await shard.#collect(signal);
      return shard;
    }
  }

  /** True when the rows should be written again: the deltas are larger. */
  get outgrown(): boolean {
    return this.#failure === undefined && needsAllRows({ full: this.#full, deltas: this.#deltas });
  }

  /** Adds a change of the next commit. */
  put(id: string, value: Bytes | undefined): void {
    this.#tail.put(id, value);
  }

  /** Clears a range, all rows without one. The bucket has it with the next commit. */
  clear(range = everything): void {
    this.#tail.clear(range);
  }

  /**
   * Commits the changes. Returns the write that belongs to the local rows. After a failure the shard must be acquired again.
   *
   * @throws FencedError when another process took the shard over.
   */
  async commit(signal: AbortSignal): Promise<Write> {
    const { files, place } = this.#options;
    if (this.#failure !== undefined) throw this.#failure;
    try {
      if (this.#tail.bytes > this.#options.tailBytes) await this.#flush(signal);
      const [tag, number, tail] = [crypto.randomUUID(), this.#number + 1, this.#tail.combined()];
      const bytes = encodeOwner({ tag, number, full: this.#full, deltas: this.#deltas, tail });
      const version = await files.replace(place.owner, bytes, this.#version, signal);
      if (version === undefined) throw fenced(place);
      this.#version = version;
      this.#number = number;
      return [place.ownerKey, toUtf8(tag)];
    } catch (thrown) {
      this.fail(thrown);
      throw thrown;
    }
  }

  /** Refuses later commits, because the bucket may have other rows than the local store. */
  fail(thrown: unknown): void {
    this.#failure ??= thrown;
  }

  /** Takes the segments that no commit names any more. Called after a commit. */
  takeDropped(): readonly string[] {
    const dropped = this.#dropped;
    this.#dropped = [];
    return dropped;
  }

  /** Begins to write all rows. Called while no commit is under way. Returns the rest of the work. */
  async beginCompaction(): Promise<(signal: AbortSignal) => Promise<() => void>> {
    const { files, local, place } = this.#options;
    const covered = new Set(this.#deltas);
    const position = this.#position;
    const rows = await openScan(local, place.prefix);
    return async (signal) => {
      const full = await files.writeRows(place, position, rows, signal);
      // Deltas that were written since may repeat changes that the rows have.
      return () => {
        this.#drop([...this.#full, ...[...covered].flatMap(({ segments }) => segments)]);
        this.#full = full;
        this.#deltas = this.#deltas.filter((delta) => !covered.has(delta));
      };
    };
  }

  /** Writes the changes as a segment. */
  async #flush(signal: AbortSignal): Promise<void> {
    const { files, place } = this.#options;
    const before = this.#deltas;
    const changes = this.#tail.combined();
    // Clears meanwhile belong to the next segment.
    this.#tail = new Changes();
    this.#deltas = await writeDelta(files, place, this.#position, { changes, on: { deltas: before } }, signal);
    this.#drop(before.filter((delta) => !this.#deltas.includes(delta)).flatMap(({ segments }) => segments));
  }

  #drop(segments: readonly StoredSegment[]): void {
    this.#dropped.push(...segments.map(({ key }) => key));
  }

  /** Replaces the local rows by those of the last commit. */
  async #load(signal: AbortSignal): Promise<void> {
    const { files, local, place } = this.#options;
    await local.clear(...place.range);
    for (const { cleared, segments } of [{ cleared: [], segments: this.#full }, ...this.#deltas]) {
      await this.#clearLocal(cleared);
      for (const segment of segments) {
        for await (const rows of files.readRows(segment, signal)) await this.#writeLocal(rows);
      }
    }
    const { cleared, rows } = this.#tail.combined();
    await this.#clearLocal(cleared);
    await this.#writeLocal([...rows].map(([id, value]): SegmentRow => [idToBytes(id), value]));
  }

  async #clearLocal(ranges: readonly IdRange[]): Promise<void> {
    const { local, place } = this.#options;
    for (const [from, to] of ranges) {
      const end = to === everything[1] ? place.range[1] : concatBytes(place.prefix, idToBytes(to));
      await local.clear(concatBytes(place.prefix, idToBytes(from)), end);
    }
  }

  async #writeLocal(rows: readonly SegmentRow[]): Promise<void> {
    const { local, place } = this.#options;
    await local.commit(rows.map(([key, value]): Write => [concatBytes(place.prefix, key), value?.slice()]));
  }

  /** Deletes segments that no commit named. No former owner can commit any more. */
  async #collect(signal: AbortSignal): Promise<void> {
    const { files, place } = this.#options;
    const segments = [...this.#full, ...this.#deltas.flatMap((delta) => delta.segments)];
    const named = new Set(segments.map(({ key }) => key));
    const found = await files.bucket.list(place.ownedSegments, signal);
    const garbage = found.map(({ key }) => key).filter((key) => !named.has(key));
    await files.bucket.delete(garbage, signal);
  }

  get #position() {
    return ownedPosition(this.#number);
  }
}

/** Returns the position of segments that are written after a number of commits. */
const ownedPosition = (number: number) => ({ offset: number, topicId: ownedTopic, time: 0, marked: false });

/** Returns the record of the local rows. */
const firstRecord = async ({ files, local, place }: OwnedOptions, signal: AbortSignal): Promise<OwnerRecord> => {
  const full = await files.writeRows(place, ownedPosition(0), await openScan(local, place.prefix), signal);
  return { tag: '', number: 0, full, deltas: [], tail: { cleared: [], rows: new Map() } };
};

const fenced = ({ partition, store }: ShardPlace): FencedError =>
  new FencedError(`another process took store "${store}" over`, { partition });

const damaged = ({ bucket }: SnapshotFiles, key: string): StorageError =>
  new StorageError(
    `${bucket.name}: the object ${key} is damaged: restore it, or delete it to begin with the local rows`,
  );
