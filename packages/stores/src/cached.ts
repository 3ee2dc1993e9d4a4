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
import { CachedRow, type Load, RowList } from './row-list.js';

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

class CachedStore implements ByteStore {
  readonly owner: string;
  readonly persistent = true;
  readonly #remote: RemoteStorage;
  readonly #memory: number;
  /** All rows by their ids. */
  readonly #rows = new Map<string, CachedRow>();
  /** Rows with the value that the storage has too, the longest unused first. */
  readonly #clean = new RowList();
  /** Rows of commits under way and of commits that failed, in the order of the commits. */
  readonly #dirty = new RowList();
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
    const row = this.#rows.get(id) ?? this.#loadRow(id, key);
    const { list, load, value } = row;
    if (load !== undefined) {
      this.#misses++;
      if (load === this.#nextLoad) load.missed.add(row);
      throw new Pending(load.loaded);
    }
    this.#hits++;
    if (list === this.#clean) list.add(row, value);
    return value;
  }

  prefetchKeys(keys: readonly Bytes[]): Promise<void> | undefined {
    this.#checkOpen();
    const loads = new Set<Load>();
    for (const key of keys) {
      const id = bytesToId(key);
      const { load } = this.#rows.get(id) ?? this.#loadRow(id, key);
      if (load !== undefined) loads.add(load);
    }
    return loads.size === 0 ? undefined : Promise.all(Array.from(loads, ({ loaded }) => loaded)).then(() => {});
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
          yield* entryOf(dirty[at] as DirtyEntry);
        }
        const replaced = dirty[at]?.[0] === id ? dirty[at++] : undefined;
        if (replaced === undefined) yield [key, value];
        else yield* entryOf(replaced);
      }
      for (const entry of dirty.slice(at)) yield* entryOf(entry);
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
      const row = this.#rows.get(id) ?? this.#newRow(id);
      row.load = undefined;
      row.commit = commit;
      this.#dirty.add(row, value);
    }
    await this.#enqueue(() => this.#flush(writes, commit));
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    this.#checkOpen();
    const [first, end] = [bytesToId(from), bytesToId(to)];
    const cleared = this.#enqueue(async () => {
      await failing('cleared', this.#remote.clear(from, to));
      for (const row of this.#dirty) if (row.id >= first && row.id < end) this.#drop(row);
    }).finally(() => {
      for (const row of this.#rows.values()) {
        if (row.list !== this.#dirty && row.id >= first && row.id < end) this.#drop(row);
      }
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
      this.#rows.clear();
    }
  }

  #register(telemetry: Telemetry): readonly Cancel[] {
    const reads = (result: 'hit' | 'miss', read: () => number): Cancel =>
      telemetry.counter(instruments.cacheReads, { 'kstreams.cache.result': result }, read);
    return [
      reads('hit', () => this.#hits),
      reads('miss', () => this.#misses),
      telemetry.counter(instruments.cacheLoads, {}, () => this.#loads),
      telemetry.gauge(instruments.cacheSize, {}, () => this.#clean.bytes),
      telemetry.gauge(instruments.cacheUnwritten, {}, () => this.#dirty.size),
    ];
  }

  #newRow(id: string, load?: Load): CachedRow {
    const row = new CachedRow(id, load);
    this.#rows.set(id, row);
    return row;
  }

  /** Adds a row to the next load; rows of one turn share it. */
  #loadRow(id: string, key: Bytes): CachedRow {
    this.#nextLoad ??= this.#startLoad();
    const row = this.#newRow(id, this.#nextLoad);
    this.#nextLoad.rows.push(row);
    this.#nextLoad.keys.push(key);
    return row;
  }

  #startLoad(): Load {
    const load: Load = {
      rows: [],
      keys: [],
      missed: new Set(),
      loaded: Promise.resolve().then(() => this.#load(load)),
    };
    // A prefetch need not be awaited: a read of its key starts another load, which reports the failure.
    load.loaded.catch(() => {});
    return load;
  }

  async #load(load: Load): Promise<void> {
    this.#nextLoad = undefined;
    // Rows that were written or cleared meanwhile have left the load.
    const rows = load.rows.filter((row) => row.load === load);
    const keys = load.keys.filter((_, i) => load.rows[i]?.load === load);
    if (rows.length === 0) return;
    this.#loads++;
    try {
      this.#checkOpen();
      const values = await failing('read', this.#remote.getMany(keys));
      if (values.length !== rows.length) {
        throw new StorageError(`remote storage returned ${values.length} values for ${rows.length} keys`);
      }
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as CachedRow;
        if (row.load !== load) continue;
        row.load = undefined;
        this.#clean.add(row, values[i]);
      }
      // Missed rows are read next: with little memory the others are evicted first.
      for (const row of load.missed) if (row.list === this.#clean) this.#clean.add(row, row.value);
      this.#evict(Math.max(1, load.missed.size));
    } finally {
      for (const row of rows) if (row.load === load) this.#drop(row);
    }
  }

  /** Sends every dirty row, of which `writes` are those of the last commit; those not written again meanwhile are clean then. */
  async #flush(writes: readonly Write[], commit: number): Promise<void> {
    if (this.#dirty.size === 0) return;
    const last = this.#commits;
    await failing('written', this.#remote.commit(this.#holdsOnly(writes, commit) ? writes : this.#dirtyWrites()));
    for (let row = this.#dirty.first; row !== undefined && row.commit <= last; row = this.#dirty.first) {
      this.#clean.add(row, row.value);
    }
    this.#evict(0);
  }

  /** True when the dirty rows are the writes of a commit, each of another key. */
  #holdsOnly(writes: readonly Write[], commit: number): boolean {
    const { first, last, size } = this.#dirty;
    return size === writes.length && first?.commit === commit && last?.commit === commit;
  }

  #dirtyWrites(): readonly Write[] {
    return Array.from(this.#dirty, ({ id, value }) => [idToBytes(id), value]);
  }

  #drop(row: CachedRow): void {
    row.load = undefined;
    row.list?.remove(row);
    this.#rows.delete(row.id);
  }

  /** Drops the rows used longest ago until the rest fits into memory; the last `needed` rows stay. */
  #evict(needed: number): void {
    const rows = this.#clean;
    while (rows.bytes > this.#memory && rows.size > needed) this.#drop(rows.first as CachedRow);
  }

  #dirtyBetween(from: string, to: string, order: number): DirtyEntry[] {
    const entries: DirtyEntry[] = [];
    for (const { id, value } of this.#dirty) if (id >= from && id < to) entries.push([id, value]);
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

type DirtyEntry = readonly [id: string, value: Bytes | undefined];

const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function* entryOf([id, value]: DirtyEntry): Generator<readonly [key: Bytes, value: Bytes]> {
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
