import {
  type ByteStore,
  type Bytes,
  bytesToId,
  type Cancel,
  checkOptions,
  checkValue,
  FencedError,
  idToBytes,
  messageOf,
  type OptionChecks,
  option,
  Pending,
  type RemoteStorage,
  type ScanOptions,
  StateError,
  StorageError,
  type Telemetry,
  type Write,
} from '@kstreams/core/graph';
import { instruments } from './instruments.js';

/** Settings of a cache over remote storage. */
export interface CacheOptions {
  /**
   * Memory for rows, in bytes; 64 MiB by default. It must hold the rows that one record reads. Rows of a commit under way
   * and rows loaded together come on top.
   */
  readonly memory?: number;
  /** Receives the metrics of the cache until it is closed: the option of `Backend.open`. */
  readonly telemetry?: Telemetry | undefined;
}

const checks: OptionChecks<CacheOptions> = {
  memory: option.count,
  telemetry: option.telemetry,
};

/**
 * Makes a byte store of remote storage. Reads come from memory: a read that misses throws `Pending`, and all misses of a
 * turn are loaded in one round trip. A commit is readable at once and goes to the storage as one commit, together with the
 * rows of commits that failed before. The rows used longest ago leave memory first.
 *
 * @example
 * const backend: Backend = {
 *   name: 'bucket',
 *   open: async (_folder, { telemetry } = {}) => cached(await openBucket(), { memory: 256 * 1_024 ** 2, telemetry }),
 * }
 */
export const cached = (remote: RemoteStorage, options: CacheOptions = {}): ByteStore => {
  checkValue('"remote" of cached', remote, option.having('remote storage', 'getMany', 'scan', 'commit'));
  checkOptions('cached', options, checks);
  const { memory = 64 * 1_024 ** 2, telemetry } = options;
  return new CachedStore(remote, memory, telemetry);
};

/** Memory cost of an entry besides its key and value, in bytes. */
const entryOverhead = 100;

/** A value that the storage does not have yet, and the number of its commit. */
interface DirtyRow {
  readonly value: Bytes | undefined;
  readonly commit: number;
}

/** Keys that are loaded in one round trip. */
interface Load {
  /** The keys by their ids, without those that were written or cleared meanwhile. */
  readonly keys: Map<string, Bytes>;
  /** The ids of keys that a read missed; the others are of prefetches. */
  readonly missed: Set<string>;
  readonly loaded: Promise<void>;
}

class CachedStore implements ByteStore {
  readonly owner: string;
  readonly persistent = true;
  readonly #remote: RemoteStorage;
  readonly #memory: number;
  /** Values that the storage has too, the longest unused first; `undefined` for a key without a row. */
  readonly #clean = new Map<string, Bytes | undefined>();
  #cleanBytes = 0;
  /** Rows of commits under way and of commits that failed. */
  readonly #dirty = new Map<string, DirtyRow>();
  /** The loads under way. */
  readonly #loading = new Set<Load>();
  /** The load that still takes keys. */
  #nextLoad: Load | undefined;
  /** The last commit, clear or start of a scan; the storage sees them one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  /** Resolves when the clears and starts of scans under way are over; commits wait for it. */
  #barrier: Promise<unknown> | undefined;
  /** The number of commits begun. */
  #commits = 0;
  #hits = 0;
  #misses = 0;
  #loads = 0;
  readonly #removals: readonly Cancel[];
  #closed = false;

  constructor(remote: RemoteStorage, memory: number, telemetry: Telemetry | undefined) {
    this.owner = remote.owner;
    this.#remote = remote;
    this.#memory = memory;
    this.#removals = telemetry === undefined ? [] : this.#register(telemetry);
  }

  get(key: Bytes): Bytes | undefined {
    this.#checkOpen();
    const id = bytesToId(key);
    const dirty = this.#dirty.get(id);
    if (dirty !== undefined) {
      this.#hits++;
      return dirty.value;
    }
    const value = this.#clean.get(id);
    if (value !== undefined || this.#clean.has(id)) {
      this.#clean.delete(id);
      this.#clean.set(id, value);
      this.#hits++;
      return value;
    }
    this.#misses++;
    const load = this.#loadOf(id, key);
    if (load === this.#nextLoad) load.missed.add(id);
    throw new Pending(load.loaded);
  }

  prefetchKeys(keys: readonly Bytes[]): Promise<void> | undefined {
    this.#checkOpen();
    const loads = new Set<Promise<void>>();
    for (const key of keys) {
      const id = bytesToId(key);
      if (!this.#dirty.has(id) && !this.#clean.has(id)) loads.add(this.#loadOf(id, key).loaded);
    }
    return loads.size === 0 ? undefined : Promise.all(loads).then(() => {});
  }

  async *scan(
    from: Bytes,
    to: Bytes,
    { reverse = false }: ScanOptions = {},
  ): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    this.#checkOpen();
    const order = reverse ? -1 : 1;
    let dirty: readonly DirtyEntry[] = [];
    let at = 0;
    const entries = this.#remote.scan(from, to, { reverse })[Symbol.asyncIterator]();
    const next = () => failing('scanned', entries.next());
    // The first entry fixes the moment that the scan shows: clears before it are done, and commits wait for it.
    const first = this.#enqueue(() => {
      dirty = this.#dirtyBetween(bytesToId(from), bytesToId(to), order);
      return next();
    });
    this.#holdCommits(first);
    try {
      for (let found = await first; found.done !== true; found = await next()) {
        const [key, value] = found.value;
        const id = bytesToId(key);
        for (; at < dirty.length && compareIds((dirty[at] as DirtyEntry)[0], id) * order < 0; at++) {
          yield* rowOf(dirty[at] as DirtyEntry);
        }
        const replaced = dirty[at]?.[0] === id ? dirty[at++] : undefined;
        if (replaced === undefined) yield [key, value];
        else yield* rowOf(replaced);
      }
      for (const entry of dirty.slice(at)) yield* rowOf(entry);
    } finally {
      await entries.return?.();
    }
  }

  async commit(writes: readonly Write[]): Promise<void> {
    this.#checkOpen();
    while (this.#barrier !== undefined) await this.#barrier;
    const commit = ++this.#commits;
    for (const [key, value] of writes) {
      const id = bytesToId(key);
      for (const { keys } of this.#loading) keys.delete(id);
      this.#drop(id);
      this.#dirty.set(id, { value, commit });
    }
    await this.#enqueue(() => this.#flush(writes, commit));
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    this.#checkOpen();
    const [first, end] = [bytesToId(from), bytesToId(to)];
    const cleared = this.#enqueue(async () => {
      await failing('cleared', this.#remote.clear(from, to));
      for (const id of this.#dirty.keys()) if (id >= first && id < end) this.#dirty.delete(id);
    }).finally(() => {
      for (const { keys } of this.#loading) for (const id of keys.keys()) if (id >= first && id < end) keys.delete(id);
      for (const id of this.#clean.keys()) if (id >= first && id < end) this.#drop(id);
    });
    this.#holdCommits(cleared);
    await cleared;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const remove of this.#removals) remove();
    try {
      await this.#enqueue(() => failing('closed', this.#remote.close()));
    } finally {
      this.#clean.clear();
      this.#dirty.clear();
    }
  }

  #register(telemetry: Telemetry): readonly Cancel[] {
    const reads = (result: 'hit' | 'miss', read: () => number): Cancel =>
      telemetry.counter(instruments.cacheReads, { 'kstreams.cache.result': result }, read);
    return [
      reads('hit', () => this.#hits),
      reads('miss', () => this.#misses),
      telemetry.counter(instruments.cacheLoads, {}, () => this.#loads),
      telemetry.gauge(instruments.cacheSize, {}, () => this.#cleanBytes),
      telemetry.gauge(instruments.cacheUnwritten, {}, () => this.#dirty.size),
    ];
  }

  /** Returns the load under way of a key, or adds the key to the next one; keys of one turn share it. */
  #loadOf(id: string, key: Bytes): Load {
    for (const load of this.#loading) if (load.keys.has(id)) return load;
    this.#nextLoad ??= this.#startLoad();
    this.#nextLoad.keys.set(id, key);
    return this.#nextLoad;
  }

  #startLoad(): Load {
    const load: Load = {
      keys: new Map(),
      missed: new Set(),
      loaded: Promise.resolve().then(() => this.#load(load)),
    };
    // A prefetch need not be awaited: a read of its key starts another load, which reports the failure.
    load.loaded.catch(() => {});
    this.#loading.add(load);
    return load;
  }

  async #load(load: Load): Promise<void> {
    this.#nextLoad = undefined;
    this.#loads++;
    // Missed keys come last, since they are read next: with little memory the others are evicted first.
    for (const id of load.missed) {
      const key = load.keys.get(id) as Bytes;
      load.keys.delete(id);
      load.keys.set(id, key);
    }
    try {
      this.#checkOpen();
      const ids = [...load.keys.keys()];
      const values = await failing('read', this.#remote.getMany([...load.keys.values()]));
      if (values.length !== ids.length) {
        throw new StorageError(`remote storage returned ${values.length} values for ${ids.length} keys`);
      }
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i] as string;
        if (load.keys.has(id)) this.#keep(id, values[i]);
      }
      this.#evict(Math.max(1, load.missed.size));
    } finally {
      this.#loading.delete(load);
    }
  }

  /** Sends every dirty row, of which `writes` are those of the last commit; those not written again meanwhile are clean then. */
  async #flush(writes: readonly Write[], commit: number): Promise<void> {
    if (this.#dirty.size === 0) return;
    const last = this.#commits;
    await failing('written', this.#remote.commit(this.#holdsOnly(writes, commit) ? writes : this.#dirtyWrites()));
    for (const [id, row] of this.#dirty) {
      if (row.commit > last) continue;
      this.#dirty.delete(id);
      this.#keep(id, row.value);
    }
    this.#evict(0);
  }

  /** True when the dirty rows are the writes of a commit, each of another key. */
  #holdsOnly(writes: readonly Write[], commit: number): boolean {
    if (this.#dirty.size !== writes.length) return false;
    for (const row of this.#dirty.values()) if (row.commit !== commit) return false;
    return true;
  }

  #dirtyWrites(): readonly Write[] {
    const writes: Write[] = [];
    for (const [id, { value }] of this.#dirty) writes.push([idToBytes(id), value]);
    return writes;
  }

  #keep(id: string, value: Bytes | undefined): void {
    this.#drop(id);
    this.#clean.set(id, value);
    this.#cleanBytes += costOf(id, value);
  }

  #drop(id: string): void {
    const value = this.#clean.get(id);
    if (this.#clean.delete(id)) this.#cleanBytes -= costOf(id, value);
  }

  /** Drops the rows used longest ago until the rest fits into memory; the last `needed` rows stay. */
  #evict(needed: number): void {
    for (const id of this.#clean.keys()) {
      if (this.#cleanBytes <= this.#memory || this.#clean.size <= needed) return;
      this.#drop(id);
    }
  }

  #dirtyBetween(from: string, to: string, order: number): DirtyEntry[] {
    const entries = [...this.#dirty].filter(([id]) => id >= from && id < to);
    return entries.sort(([a], [b]) => compareIds(a, b) * order);
  }

  #holdCommits(step: Promise<unknown>): void {
    const barrier: Promise<unknown> = Promise.allSettled([this.#barrier, step]).then(() => {
      if (this.#barrier === barrier) this.#barrier = undefined;
    });
    this.#barrier = barrier;
  }

  #enqueue<R>(step: () => Promise<R>): Promise<R> {
    const result = this.#last.then(step);
    // The caller has the error; the next step runs regardless.
    this.#last = result.catch(() => {});
    return result;
  }

  #checkOpen(): void {
    if (this.#closed) throw new StateError('the state is closed: open its backend again');
  }
}

type DirtyEntry = readonly [id: string, row: DirtyRow];

const costOf = (id: string, value: Bytes | undefined): number => entryOverhead + id.length + (value?.length ?? 0);

const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function* rowOf([id, { value }]: DirtyEntry): Generator<readonly [key: Bytes, value: Bytes]> {
  if (value !== undefined) yield [idToBytes(id), value];
}

/** Reports a failure of the storage; that of a fenced process stays as it is. */
const failing = async <R>(how: string, work: Promise<R>): Promise<R> => {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof FencedError || thrown instanceof StorageError) throw thrown;
    throw new StorageError(`the remote state cannot be ${how}: ${messageOf(thrown)}`, thrown);
  }
};
