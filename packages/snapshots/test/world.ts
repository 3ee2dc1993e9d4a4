import {
  type Bucket,
  type ByteStore,
  type Bytes,
  type Clock,
  concatBytes,
  decodePosition,
  fromUtf8,
  Pending,
  positionKey,
  positionWrite,
  rangeOf,
  retryPending,
  StorageError,
  type StoredPosition,
  storePrefix,
  systemClock,
  toUtf8,
  type Write,
} from '@kstreams/core/graph';
import { memoryStore } from '@kstreams/stores';
import { override } from '@kstreams/test-support/override';
import { TestClock } from '@kstreams/testing';
import { decodeManifest, type Manifest, segmentKeys } from '../src/manifest.js';
import { longestAttempt, RetryingBucket } from '../src/retrying-bucket.js';
import type { Settings } from '../src/settings.js';
import { SnapshotStore } from '../src/snapshot-store.js';
import { type Fault, faultyBucket } from './faulty-bucket.js';
import { MemoryBucket } from './memory-bucket.js';

/** A change of a row in the changelog; `undefined` deletes it. */
export type Change = readonly [key: string, value: string | undefined];

const store = 'rows';
const partition = 0;
const topicId = 'topic-1';
const prefix = storePrefix(store, partition);

/** Settings with which a few rows fill segments, and snapshots have several deltas. */
export const smallSettings: Settings = {
  root: 'app/',
  every: 1_000,
  grace: 5_000,
  memory: 3_000,
  disk: Number.POSITIVE_INFINITY,
  blocks: 500,
  reads: 100,
  tail: 1_000,
  sizes: { block: 50, segment: 200, range: 60 },
  onFailure: () => {},
};

/** A process with a local store, whose disk may outlive it. */
export interface Process {
  readonly disk: ByteStore;
  readonly store: SnapshotStore;
  readonly clock: TestClock;
  /** Ends the process at a call of the bucket, which never returns. */
  dieAt: number;
  /** Ends the process at a write to its disk. */
  dieAtWrite: number;
  dead: boolean;
  /** The offset up to which it has the changelog. */
  end: number;
}

/** A changelog, a bucket, and processes that own its one partition in turn. */
export class World {
  readonly log: Change[] = [];
  readonly bucket = new MemoryBucket();
  readonly failures: string[] = [];
  /** Rows with smaller keys have expired: they may be there or not. */
  horizon = '';
  /** Number of rows that were read from the changelog. */
  replayed = 0;
  /** Number of processes that loaded a snapshot. */
  loaded = 0;
  /** Number of reads that waited for a part of a snapshot. */
  waited = 0;
  /** Number of times that rows were restored after a snapshot could not be read on. */
  mended = 0;
  /** Number of processes that continued a load. */
  continued = 0;
  /** Number of outages that had to end before rows could be read or restored. */
  outages = 0;
  /** Calls of the bucket, in order. */
  readonly calls: string[] = [];
  fault: (call: keyof Bucket) => Fault = () => undefined;
  #settings: Settings;

  constructor(settings: Partial<Settings> = {}) {
    this.#settings = { ...smallSettings, onFailure: ({ message }) => this.failures.push(message), ...settings };
  }

  /** Sets the bound of the local rows of later processes, in bytes. */
  bound(disk: number): void {
    this.#settings = { ...this.#settings, disk };
  }

  /** Starts a process on a disk, and restores its rows up to an offset. */
  async start(disk: ByteStore = memoryStore(), end = this.log.length): Promise<Process> {
    const process = await this.#afterOutages(() => this.#open(disk));
    process.end = end;
    if (process.store.waits && this.position(process).offset >= 0) this.continued++;
    await this.#afterOutages(() => this.#restore(process));
    return process;
  }

  async #restore(process: Process): Promise<void> {
    const { end } = process;
    const signal = new AbortController().signal;
    const valid = ({ offset, topicId: id }: StoredPosition): boolean => id === topicId && offset <= end;
    if (!valid(this.position(process))) {
      await process.store.commit([[positionKey(store, partition), undefined]]);
      await process.store.clear(...rangeOf(prefix));
      await process.store.recover({ store, partition, topicId, accepts: valid, signal });
      if (this.position(process).offset >= 0) this.loaded++;
    }
    for (let at = Math.max(0, this.position(process).offset); at < end; at += 3) {
      const rows = this.log.slice(at, Math.min(at + 3, end));
      this.replayed += rows.length;
      await process.store.commit([...rows.map(writeOf), positionWrite(store, partition, positionAt(at + rows.length))]);
    }
  }

  /** Appends changes to the changelog, and commits them with their position. */
  async commit(process: Process, changes: readonly Change[]): Promise<void> {
    this.log.push(...changes);
    process.end = this.log.length;
    const position = positionWrite(store, partition, positionAt(process.end));
    await this.#mending(process, () => process.store.commit([...changes.map(writeOf), position]));
  }

  /** Commits the last changes of the changelog in another process, too. */
  async follow(process: Process, count: number): Promise<void> {
    process.end = this.log.length;
    const end = positionWrite(store, partition, positionAt(process.end));
    await process.store.commit([...this.log.slice(-count).map(writeOf), end]);
  }

  /** Deletes rows before a key, as expired. */
  async expire(process: Process, key: string): Promise<void> {
    if (key > this.horizon) this.horizon = key;
    await this.#mending(process, () => process.store.clear(prefix, concatBytes(prefix, toUtf8(key))));
  }

  /** Lets time pass for a process and the bucket, and waits for the snapshots that are due. */
  async pass(process: Process, ms: number): Promise<void> {
    this.bucket.now += ms;
    process.clock.advance(ms);
    await this.settled(process);
  }

  /** Begins the snapshots that are due, and runs some turns of the event loop. */
  async begin(process: Process, turns: number): Promise<void> {
    process.clock.advance(1_000);
    await this.turns(turns);
  }

  /** Runs some turns of the event loop. */
  async turns(turns: number): Promise<void> {
    for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Waits for the loads and snapshots of a process, or for its end. */
  async settled(process: Process): Promise<void> {
    let over = false;
    const settled = process.store.settled().then(() => {
      over = true;
    });
    while (!over && !process.dead) await new Promise((resolve) => setImmediate(resolve));
    if (!process.dead) await settled;
  }

  /** Returns the snapshots of the bucket that have all their segments. */
  async snapshots(): Promise<readonly Manifest[]> {
    const { objects } = this.bucket;
    const manifests = [...objects].flatMap(([key, { bytes }]) =>
      key.includes('/manifest/') ? [decodeManifest(bytes) as Manifest] : [],
    );
    return manifests.filter((manifest) => segmentKeys(manifest).every((key) => objects.has(key)));
  }

  position({ disk }: Pick<Process, 'disk'>): StoredPosition {
    const stored = disk.get(positionKey(store, partition));
    return stored === undefined ? positionAt(-1, 'none') : decodePosition(stored);
  }

  /** Returns the rows of the changelog before an offset, without expired ones. */
  expected(end = this.log.length): ReadonlyMap<string, string> {
    const rows = new Map<string, string>();
    for (const [key, value] of this.log.slice(0, end)) value === undefined ? rows.delete(key) : rows.set(key, value);
    return this.#unexpired([...rows]);
  }

  /** Returns the rows of a process, without expired ones. */
  async rows(process: Process): Promise<ReadonlyMap<string, string>> {
    let rows: (readonly [string, string])[] = [];
    await this.#mending(process, async () => {
      rows = [];
      for await (const [key, value] of process.store.scan(...rangeOf(prefix))) {
        rows.push([fromUtf8(key.subarray(prefix.length)), fromUtf8(value)]);
      }
    });
    return this.#unexpired(rows);
  }

  /** Returns the number of rows on the disk of a process. */
  async localRows({ disk }: Process): Promise<number> {
    let count = 0;
    for await (const _ of disk.scan(...rangeOf(prefix))) count++;
    return count;
  }

  /** Returns the rows of a process as reads of single keys find them, without expired ones. Its rows may be loading. */
  async readRows(process: Process): Promise<ReadonlyMap<string, string>> {
    const rows = new Map<string, string>();
    const keys = [...new Set(this.log.map(([key]) => key))];
    const bytes = keys.map((key) => concatBytes(prefix, toUtf8(key)));
    await this.#mending(process, async () => {
      rows.clear();
      const ahead = keys.length % 2 === 0 ? process.store.prefetchKeys(bytes) : undefined;
      // The reads fail with the same error.
      ahead?.catch(() => {});
      for (const [i, key] of keys.entries()) {
        const value = await retryPending(() => this.#get(process, bytes[i] as Bytes));
        if (value !== undefined) rows.set(key, fromUtf8(value));
      }
    });
    return this.#unexpired([...rows]);
  }

  #get({ store: rows }: Process, key: Bytes): Bytes | undefined {
    try {
      return rows.get(key);
    } catch (thrown) {
      if (thrown instanceof Pending) this.waited++;
      throw thrown;
    }
  }

  /** Runs work as a worker does: after damage, rows are restored, and the work is done again unless it was a write. */
  async #mending(process: Process, work: () => Promise<void>): Promise<void> {
    for (let runs = 0; ; runs++) {
      try {
        return await this.#afterOutages(work, process);
      } catch (thrown) {
        if (process.store.damage === undefined || runs > 20) throw thrown;
      }
      await process.store.mend();
      this.mended++;
      await this.#afterOutages(() => this.#restore(process));
    }
  }

  /** Runs work, and again after an outage where rows are in the bucket only. */
  async #afterOutages<T>(work: () => Promise<T>, process?: Process): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      const isOutage = thrown instanceof StorageError && process?.store.damage === undefined;
      if (this.#settings.disk === Number.POSITIVE_INFINITY || !isOutage) throw thrown;
      this.outages++;
      this.fault = () => undefined;
      return await work();
    }
  }

  #unexpired(rows: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
    return new Map(rows.filter(([key]) => key >= this.horizon).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async #open(disk: ByteStore): Promise<Process> {
    const clock = new TestClock();
    const bucket = faultyBucket(
      this.#mortal(() => life),
      (call) => this.fault(call),
    );
    const after: Clock['after'] = (ms, call) => (ms < longestAttempt ? cancelled(setImmediate(call)) : () => {});
    const retries = { ...systemClock, after };
    const never = Number.POSITIVE_INFINITY;
    const life: Pick<Process, 'dieAt' | 'dieAtWrite' | 'dead'> = { dieAt: never, dieAtWrite: never, dead: false };
    const local = ofProcess(disk, life);
    const rows = await SnapshotStore.open(local, new RetryingBucket(bucket, retries), this.#settings, clock);
    return Object.assign(life, { disk, store: rows, clock, end: 0 });
  }

  /** Returns the bucket for a process; its calls never return once the process is dead. */
  #mortal(process: () => Pick<Process, 'dieAt' | 'dead'>): Bucket {
    const living = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
      this.calls.push(name);
      const self = process();
      if (--self.dieAt < 0) self.dead = true;
      if (self.dead) return await new Promise<T>(() => {});
      return call();
    };
    const { bucket } = this;
    return {
      name: bucket.name,
      get: (key, options) => living('get', () => bucket.get(key, options)),
      put: (key, bytes, options) => living('put', () => bucket.put(key, bytes, options)),
      getVersion: (key, options) => living('getVersion', () => bucket.getVersion(key, options)),
      replace: (key, bytes, version, options) => living('replace', () => bucket.replace(key, bytes, version, options)),
      delete: (keys, options) => living('delete', () => bucket.delete(keys, options)),
      list: async function* (key, options) {
        await living('list', async () => {});
        yield* bucket.list(key, options);
      },
    };
  }
}

const positionAt = (offset: number, id = topicId): StoredPosition => ({ offset, topicId: id, time: 0, marked: false });

const writeOf = ([key, value]: Change): Write => [
  concatBytes(prefix, toUtf8(key)),
  value === undefined ? undefined : toUtf8(value),
];

/** Returns the disk of a process. A close leaves it open, as the next process opens it again; a dead one writes no more. */
const ofProcess = (disk: ByteStore, process: Pick<Process, 'dieAtWrite' | 'dead'>): ByteStore => {
  const living = async (write: () => Promise<void>): Promise<void> => {
    if (--process.dieAtWrite < 0) process.dead = true;
    if (process.dead) return await new Promise<void>(() => {});
    await write();
  };
  return override(disk, {
    commit: (writes) => living(() => disk.commit(writes)),
    clear: (from, to) => living(() => disk.clear(from, to)),
    scan: async function* (from, to, options) {
      for await (const row of disk.scan(from, to, options)) {
        await new Promise((resolve) => setImmediate(resolve));
        yield row;
      }
    },
    close: async () => {},
  });
};

const cancelled = (immediate: NodeJS.Immediate) => (): void => clearImmediate(immediate);
