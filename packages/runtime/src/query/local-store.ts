import {
  type AnyStoreSpec,
  afterPrefix,
  type ByteStore,
  type Bytes,
  type Cancel,
  type Coordinates,
  compareBytes,
  concatBytes,
  decodePosition,
  type Isolation,
  noBytes,
  partitionFor,
  positionKey,
  type Row,
  type RowRange,
  retryPending,
  StateError,
  type StoreReader,
} from '@kstreams/core/graph';
import type { StoreCopy } from '../task/stores/store-copies.js';
import type { OpenStore } from '../task/stores/task-stores.js';
import type { ChangeFeed, RowListener } from './change-feed.js';
import { findStore, partitionKeyOf, type ReadableStore } from './find-store.js';
import { type RowCodec, rowCodec } from './row-codec.js';
import { type ScannedRow, type ScanOrder, scanRows } from './scan-rows.js';

/** The state that views read. */
export interface ViewedState {
  readonly bytes: ByteStore;
  readonly changes: ChangeFeed;
  readonly specs: readonly AnyStoreSpec[];
  /** Returns the stores that are open in this process now. */
  readonly stores: () => readonly OpenStore[];
  readonly partitions: (spec: AnyStoreSpec) => number;
  /** Returns the rows of a partition whose task does not run in this process. */
  readonly copy?: (spec: AnyStoreSpec, partition: number) => StoreCopy | undefined;
  /** Returns the offset of a topic before which all records are in the rows of a store; undefined for other topics. */
  readonly position?: (store: OpenStore, topic: string, isolation: Isolation) => number | undefined;
}

/** The rows of a scan, by their keys. All rows without a member. */
export interface RowSelection<K> {
  /** The first key, included. */
  readonly from?: K | undefined;
  /** The end, excluded. */
  readonly to?: K | undefined;
  /** The first characters, bytes or elements of the keys. */
  readonly prefix?: unknown;
  /** Windows of one key that start between two instants, both included, in ms. */
  readonly windows?: { readonly key: unknown; readonly from: number; readonly to: number } | undefined;
}

/** Options of a scan of one partition. */
export interface PartitionScan extends ScanOrder {
  /** Skips the rows before this row key, in the order of the scan; `included` reads the row itself. */
  readonly start?: { readonly rowKey: Bytes; readonly included: boolean } | undefined;
  readonly isolation?: Isolation | undefined;
}

/** The rows of a partition in this process: of its task, or a copy. */
export type HeldRows = OpenStore | StoreCopy;

/**
 * The rows of one store in this process, by partition, for extensions that serve queries. A key or partition that this
 * process does not hold is a `StateError` that names the partition.
 */
export class LocalStore<K = unknown, V = unknown> {
  readonly spec: AnyStoreSpec;
  readonly #reader: StoreReader<K, V>;
  readonly #state: ViewedState;
  readonly #isolation: Isolation;
  readonly #codecs = new WeakMap<HeldRows, RowCodec<K, V>>();

  /**
   * Opens a store of this process.
   *
   * @throws StateError when there is no such store, or its spec has no reader.
   */
  constructor(wanted: ReadableStore<K, V> | string, state: ViewedState, isolation: Isolation) {
    this.spec = findStore(wanted, state.specs);
    const reader = this.spec.reader as StoreReader<K, V> | undefined;
    if (reader === undefined)
      throw new StateError(`store "${this.spec.name}" cannot be viewed: its spec has no reader, add one`);
    this.#reader = reader;
    this.#state = state;
    this.#isolation = isolation;
  }

  /** The number of its partitions. */
  get partitions(): number {
    return this.#state.partitions(this.spec);
  }

  /** The open partitions, in ascending order. */
  get open(): readonly OpenStore[] {
    const open = this.#state.stores().filter((one) => one.spec === this.spec);
    return open.sort((a, b) => a.partition - b.partition);
  }

  /** Returns an open partition; undefined when it is not in this process. */
  openIn(partition: number): OpenStore | undefined {
    return this.#state.stores().find((one) => one.spec === this.spec && one.partition === partition);
  }

  /** True when its keys are windows. */
  get windowed(): boolean {
    return this.#reader.windows !== undefined;
  }

  /** True when its keys have prefixes. */
  get hasPrefixes(): boolean {
    return this.#reader.prefix !== undefined;
  }

  /** Returns the partition of a key. */
  partitionOf(key: K): number {
    return partitionFor(partitionKeyOf(this.spec, key), this.partitions);
  }

  /** Returns the row of a key, or `undefined`. */
  read(key: K, isolation = this.#isolation): Row<V> | undefined {
    return this.readIn(this.opened(this.partitionOf(key)), key, isolation);
  }

  /** Returns the row of a key in its partition, or `undefined`. */
  readIn(one: HeldRows, key: K, isolation = this.#isolation): Row<V> | undefined {
    const open = 'rows' in one ? one.rows : undefined;
    if (isolation === 'latest' && open?.read !== undefined) return open.read(key) as Row<V> | undefined;
    const codec = this.codecOf(one);
    const row = this.#state.bytes.get(concatBytes(one.prefix, this.#reader.encodeKey(key, codec.at)));
    return row && codec.row(row);
  }

  /** Resolves to the row of a key, or `undefined`, once it is loaded. */
  load(key: K, isolation?: Isolation): Promise<Row<V> | undefined> {
    return retryPending(() => this.read(key, isolation));
  }

  /** Returns the rows of a partition whose task does not run in this process; undefined without any. */
  copy(partition: number): StoreCopy | undefined {
    return this.#state.copy?.(this.spec, partition);
  }

  /** Resolves to the changelog offset of a copy: its rows have all changes before. Undefined for a copy without rows. */
  async copyPosition({ partition }: StoreCopy): Promise<number | undefined> {
    const stored = await retryPending(() => this.#state.bytes.get(positionKey(this.spec.name, partition)));
    return stored && decodePosition(stored).offset;
  }

  /** Returns the selected rows of a partition, in the order of their row keys. */
  scan(one: HeldRows, selection: RowSelection<K>, options: PartitionScan = {}): AsyncGenerator<ScannedRow<K, V>> {
    const codec = this.codecOf(one);
    const range = rangeAfter(this.#rangeOf(selection, codec.at), options);
    return scanRows(one, this.#state.bytes, options.isolation ?? this.#isolation, codec, range, options);
  }

  /**
   * Resolves to the committed rows of an open partition as of one commit: none that ran meanwhile is in part of them. `taken`
   * is called in that moment; commits published later are not in the rows.
   *
   * @throws the reason of the signal when it is aborted before.
   */
  async snapshot(one: OpenStore, signal: AbortSignal, taken: () => void): Promise<AsyncGenerator<ScannedRow<K, V>>> {
    for (;;) {
      await this.#betweenCommits(one, signal);
      const { begun } = one.commits;
      const rows = this.scan(one, {}, { isolation: 'committed' });
      const first = await rows.next();
      if (one.commits.begun === begun) {
        taken();
        return resumed(first, rows);
      }
      await rows.return(undefined);
    }
  }

  /** Calls a listener after each commit with the changed rows of a partition. Returns its removal. */
  listen(listener: RowListener): Cancel {
    return this.#state.changes.listen(this.spec, listener);
  }

  /**
   * Returns the offset of a topic before which all records are in the rows of an open partition. Undefined for a topic that its
   * task does not read.
   */
  position(one: OpenStore, topic: string, isolation = this.#isolation): number | undefined {
    return this.#state.position?.(one, topic, isolation);
  }

  /** Returns an open partition. */
  opened(partition: number): OpenStore {
    const found = this.openIn(partition);
    if (found !== undefined) return found;
    throw new StateError(
      `the key belongs to partition ${partition} of "${this.spec.name}", which this process does not hold now`,
      { partition },
    );
  }

  /** Returns the codec of a partition. */
  codecOf(one: HeldRows): RowCodec<K, V> {
    const known = this.#codecs.get(one) ?? rowCodec(one, this.#reader);
    this.#codecs.set(one, known);
    return known;
  }

  async #betweenCommits({ commits }: OpenStore, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (commits.running) {
      await new Promise<void>((resolve, reject) => {
        const aborted = (): void => {
          remove();
          reject(signal.reason);
        };
        const remove = this.#state.changes.onceSettled(() => {
          signal.removeEventListener('abort', aborted);
          resolve();
        });
        signal.addEventListener('abort', aborted, { once: true });
      });
    }
  }

  #rangeOf({ from, prefix, to, windows }: RowSelection<K>, at: Coordinates): Partial<RowRange> {
    const { name } = this.spec;
    if (windows !== undefined) {
      if (this.#reader.windows === undefined)
        throw new StateError(`store "${name}" has no windows to fetch: use get or range`);
      return this.#reader.windows(windows.key, windows.from, windows.to, at);
    }
    if (prefix !== undefined) {
      const start = this.#reader.prefix?.(prefix, at);
      if (start === undefined)
        throw new StateError(
          `the keys of store "${name}" have no prefixes: only strings, bytes and tuples do; use range`,
        );
      return boundsOf(start, afterPrefix(start));
    }
    return boundsOf(
      from === undefined ? undefined : this.#reader.encodeKey(from, at),
      to === undefined ? undefined : this.#reader.encodeKey(to, at),
    );
  }
}

/** Continues a generator whose first result was read. */
async function* resumed<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    if (first.done !== true) yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

const boundsOf = (from: Bytes | undefined, to: Bytes | undefined): Partial<RowRange> => ({
  ...(from && { from }),
  ...(to && { to }),
});

/** Returns the part of a range that a scan has not read before its start. */
const rangeAfter = (range: Partial<RowRange>, { reverse = false, start }: PartitionScan): Partial<RowRange> => {
  if (start === undefined) return range;
  const { included, rowKey } = start;
  const bound = included === reverse ? concatBytes(rowKey, Uint8Array.of(0)) : rowKey;
  const { from = noBytes, to } = range;
  if (!reverse) return { ...range, from: compareBytes(bound, from) > 0 ? bound : from };
  return { ...range, to: to !== undefined && compareBytes(to, bound) < 0 ? to : bound };
};
