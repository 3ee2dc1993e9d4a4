import {
  type Bucket,
  type ByteStore,
  type Bytes,
  type Clock,
  concatBytes,
  fromUtf8,
  rangeOf,
  storePrefix,
  systemClock,
  toUtf8,
  type Write,
} from '@kstreams/core/graph';
import { memoryStore } from '@kstreams/stores';
import { override } from '@kstreams/test-support/override';
import { longestAttempt, RetryingBucket } from '../src/retrying-bucket.js';
import { SnapshotStore } from '../src/snapshot-store.js';
import { MemoryBucket } from './memory-bucket.js';
import { type Change, smallSettings } from './world.js';

const store = 'rows';
const partition = 0;
const prefix = storePrefix(store, partition);

/** A failure of one call: some turns before it, before its effect, after it, a later effect, or the end of the process. */
export type OwnedFault = 'slow' | 'unavailable' | 'lost-response' | 'late' | 'dies-before' | 'dies-after' | undefined;

type Rows = ReadonlyMap<string, string>;

/** A process that owned the shard at some time, with its disk. */
export interface OwnedProcess {
  readonly disk: ByteStore;
  readonly store: SnapshotStore;
  /** The number of the acquisition after which it owns the shard. */
  epoch: number;
  dead: boolean;
}

/** Processes that own a shard without a changelog in turn, and a model of its rows. */
export class OwnedWorld {
  readonly bucket = new MemoryBucket();
  /** The faults of the next calls. */
  faults: OwnedFault[] = [];
  /** Commits by outcome, and late writes that were refused. */
  readonly counts = { committed: 0, refused: 0, inDoubt: 0, late: 0 };
  /** Rows with smaller keys have expired: they may be there or not. */
  #horizon = '';
  #epoch = 0;
  #rows: Rows = new Map();
  /** The rows after a commit without a response. */
  #inDoubt: Rows | undefined;
  #late: (() => Promise<unknown>)[] = [];

  /** Starts a process on a disk. */
  async start(disk: ByteStore = memoryStore()): Promise<OwnedProcess> {
    const life = { dead: false };
    const after: Clock['after'] = (ms, call) => {
      const immediate = ms < longestAttempt ? setImmediate(call) : undefined;
      return () => clearImmediate(immediate);
    };
    const bucket = new RetryingBucket(this.#bucketOf(life), { ...systemClock, after });
    const settings = { ...smallSettings, tail: 400 };
    const rows = await SnapshotStore.open(ofProcess(disk, life), bucket, settings, systemClock);
    return Object.assign(life, { disk, store: rows, epoch: 0 });
  }

  /** Lets a process take the shard over, and compares its rows. Returns false when it failed. */
  async acquire(process: OwnedProcess): Promise<boolean> {
    const { signal } = new AbortController();
    const outcome = await this.#outcome(process, process.store.acquire({ store, partition, signal }));
    if (outcome !== 'done') return false;
    this.#epoch++;
    process.epoch = this.#epoch;
    const found = await this.rows(process);
    const possible = [this.#rows, ...(this.#inDoubt === undefined ? [] : [this.#inDoubt])].map((one) =>
      this.#unexpired(one),
    );
    const which = possible.findIndex((one) => isEqual(one, found));
    if (which < 0) throw new Error(`rows ${show(found)} are none of ${possible.map(show).join(' and ')}`);
    this.#rows = found;
    this.#inDoubt = undefined;
    return true;
  }

  /** Commits changes in a process that owns the shard, or owned it. */
  async commit(process: OwnedProcess, changes: readonly Change[]): Promise<void> {
    if (process.epoch === 0 || process.dead) return;
    const later = changes.filter(([key]) => key >= this.#horizon);
    if (later.length === 0) return;
    const rows = new Map(this.#rows);
    for (const [key, value] of later) value === undefined ? rows.delete(key) : rows.set(key, value);
    const owns = process.epoch === this.#epoch;
    const outcome = await this.#outcome(process, process.store.commit(later.map(writeOf)));
    if (outcome === 'done') {
      if (!owns) throw new Error('a former owner committed');
      if (this.#inDoubt !== undefined) throw new Error('a commit followed one that failed');
      this.#rows = rows;
      this.counts.committed++;
    } else if (owns) this.#inDoubt ??= rows;
    if (outcome === 'failed') this.counts[owns ? 'inDoubt' : 'refused']++;
  }

  /** Clears rows before a key in a process that owns the shard, as expired. */
  async expire(process: OwnedProcess, key: string): Promise<void> {
    if (process.epoch !== this.#epoch || process.dead) return;
    if (key > this.#horizon) this.#horizon = key;
    await process.store.clear(prefix, concatBytes(prefix, toUtf8(key)));
  }

  /** Lets writes arrive that were sent before. */
  async arrive(): Promise<void> {
    const late = this.#late;
    this.#late = [];
    for (const write of late) if ((await write()) === undefined) this.counts.late++;
  }

  /** Waits for the work in the background. */
  async settled(process: OwnedProcess): Promise<void> {
    await this.#outcome(process, process.store.settled());
  }

  /** Returns the rows of a process, without expired ones. */
  async rows({ store: rows }: Pick<OwnedProcess, 'store'>): Promise<Rows> {
    const found = new Map<string, string>();
    for await (const [key, value] of rows.scan(...rangeOf(prefix))) {
      found.set(fromUtf8(key.subarray(prefix.length)), fromUtf8(value));
    }
    return this.#unexpired(found);
  }

  /** Returns the outcome of work; undefined when its process ended before. */
  async #outcome(process: { readonly dead: boolean }, work: Promise<unknown>): Promise<'done' | 'failed' | undefined> {
    let outcome: 'done' | 'failed' | undefined;
    work.then(
      () => {
        outcome = 'done';
      },
      () => {
        outcome = 'failed';
      },
    );
    while (outcome === undefined && !process.dead) await new Promise((resolve) => setImmediate(resolve));
    return outcome;
  }

  #unexpired(rows: Rows): Rows {
    return new Map([...rows].filter(([key]) => key >= this.#horizon).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Returns the bucket for a process; its calls never return once the process is dead. */
  #bucketOf(life: { dead: boolean }): Bucket {
    const never = <T>(): Promise<T> => new Promise(() => {});
    const call = async <T>(work: () => Promise<T>): Promise<T> => {
      if (life.dead) return never();
      const fault = this.faults.shift();
      if (fault === 'unavailable') throw new Error('503 Slow Down');
      if (fault === 'slow') for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (fault === 'late') this.#late.push(work);
      if (fault === 'late') throw new Error('no response');
      if (fault === 'dies-before') life.dead = true;
      if (life.dead) return never();
      const result = await work();
      if (fault === 'dies-after') life.dead = true;
      if (life.dead) return never();
      if (fault === 'lost-response') throw new Error('socket hang up');
      return result;
    };
    const { bucket } = this;
    return {
      name: bucket.name,
      get: (key, options) => call(() => bucket.get(key, options)),
      put: (key, bytes, options) => call(() => bucket.put(key, bytes, options)),
      getVersion: (key) => call(() => bucket.getVersion(key)),
      replace: (key, bytes, version) => call(() => bucket.replace(key, bytes, version)),
      delete: (keys, options) => call(() => bucket.delete(keys, options)),
      list: async function* (key, options) {
        await call(async () => {});
        yield* bucket.list(key, options);
      },
    };
  }
}

const writeOf = ([key, value]: Change): Write => [
  concatBytes(prefix, toUtf8(key)),
  value === undefined ? undefined : toUtf8(value),
];

/** Returns the disk of a process, which writes no more once it is dead. */
const ofProcess = (disk: ByteStore, life: { readonly dead: boolean }): ByteStore => {
  const living = (write: () => Promise<void>): Promise<void> => (life.dead ? new Promise(() => {}) : write());
  return override(disk, {
    commit: (writes) => living(() => disk.commit(writes)),
    clear: (from: Bytes, to: Bytes) => living(() => disk.clear(from, to)),
    close: async () => {},
  });
};

const isEqual = (one: Rows, other: Rows): boolean => show(one) === show(other);
const show = (rows: Rows): string => JSON.stringify([...rows]);
