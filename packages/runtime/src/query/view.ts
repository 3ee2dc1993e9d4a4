import {
  type AnyStoreSpec,
  type ByteStore,
  checkOptions,
  concatBytes,
  type Isolation,
  type OptionChecks,
  OrderedSteps,
  option,
  partitionFor,
  type Row,
  type RowRange,
  retryPending,
  StateError,
  type StoreReader,
} from '@kstreams/core/graph';
import type { WindowKey } from '@kstreams/core/state';
import { Observable } from 'rxjs';
import type { OpenStore } from '../task/stores/task-stores.js';
import type { ChangeFeed } from './change-feed.js';
import { findStore, partitionKeyOf, type ReadableStore } from './find-store.js';
import { type RowCodec, rowCodec } from './row-codec.js';
import { orderChecks, type ScanOrder, scanRows } from './scan-rows.js';

/** A row that a commit changed. */
export interface RowChange<K, V> {
  readonly key: K;
  /** The current row; `undefined` when it was deleted. */
  readonly row: Row<V> | undefined;
}

/** Rows with their keys, read one after the other. */
export type ViewedRows<K, V> = AsyncIterable<readonly [key: K, row: Row<V>]>;

/**
 * Reads the rows of a table or store that this process holds. Every method that takes a key throws a `StateError` naming
 * its partition when this process does not hold it.
 *
 * @example
 * const view = app.view(perMinute)
 * view.get({ key: 'ann', start, end })
 * for await (const [window, { value }] of view.fetch('ann', from, to, { reverse: true })) console.log(window.start, value)
 * console.log(await view.count())
 */
export interface View<K, V> {
  /**
   * Returns the value of a key, or `undefined`.
   *
   * @throws Pending when a slow backend has not loaded the row, or a serde its schema. Use `load` there.
   */
  get(key: K): V | undefined;
  /** Resolves to the value of a key, or `undefined`, once it is loaded. */
  load(key: K): Promise<V | undefined>;
  /**
   * Returns all rows held here, partition by partition, in the order of their keys' bytes. Each partition is read as it is
   * when its turn comes.
   */
  all(order?: ScanOrder): ViewedRows<K, V>;
  /**
   * Returns the rows from one key to another, the latter excluded, in the order of their keys' bytes per partition. Rows of
   * windows are ordered by start, then end, then key; those of sessions by end, then start, then key.
   */
  range(from: K, to: K, order?: ScanOrder): ViewedRows<K, V>;
  /**
   * Returns the windows of one key that start between two instants, both included, in ms since 1970. Windows are ordered by
   * start, sessions by end. Only of windowed tables and stores. It reads the rows of all keys in that time.
   */
  fetch<I>(this: View<WindowKey<I>, V>, key: I, from: number, to: number, order?: ScanOrder): ViewedRows<K, V>;
  /** Counts the rows held here by reading them. */
  count(): Promise<number>;
  /** Returns the partition of a key. */
  partitionOf(key: K): number;
  /** True when this process holds the partition of a key now. */
  holds(key: K): boolean;
  /** The rows that each commit changed, after the commit. A row that changed several times in between comes once. */
  readonly changes$: Observable<RowChange<K, V>>;
}

/** Options of a view. */
export interface ViewOptions {
  /**
   * `'committed'` to read rows as of the last commit, `'latest'` to read them as they are now, which a crash may undo. By
   * default `'committed'` with exactly-once and `'latest'` with at-least-once.
   */
  readonly isolation?: Isolation;
}

/** The checks of {@link ViewOptions}. */
export const viewChecks: OptionChecks<ViewOptions> = { isolation: option.oneOf<Isolation>('committed', 'latest') };

/** The state that views read. */
export interface ViewedState {
  readonly bytes: ByteStore;
  readonly changes: ChangeFeed;
  readonly specs: readonly AnyStoreSpec[];
  /** Returns the stores that are open in this process now. */
  readonly stores: () => readonly OpenStore[];
  readonly partitions: (spec: AnyStoreSpec) => number;
}

/**
 * Opens a view of a table, or of a store by its spec or name, over the stores of this process.
 *
 * @throws StateError when there is no such store, or it cannot be read from outside its processors.
 */
export const viewOf = <K, V>(
  wanted: ReadableStore<K, V> | string,
  state: ViewedState,
  isolation: Isolation = 'latest',
): View<K, V> => {
  const spec = findStore(wanted, state.specs);
  const reader = spec.reader as StoreReader<K, V> | undefined;
  if (reader === undefined)
    throw new StateError(`store "${spec.name}" cannot be viewed: its spec has no reader, add one`);
  const codecs = new WeakMap<OpenStore, RowCodec<K, V>>();
  const codecOf = (one: OpenStore): RowCodec<K, V> => {
    const known = codecs.get(one) ?? rowCodec(one, reader);
    codecs.set(one, known);
    return known;
  };
  const open = (): OpenStore[] => state.stores().filter((one) => one.spec === spec);
  const scan = async function* (
    rangeIn: (codec: RowCodec<K, V>) => Partial<RowRange>,
    order: ScanOrder = {},
  ): AsyncGenerator<readonly [K, Row<V>]> {
    const stores = open();
    for (const one of order.reverse === true ? stores.reverse() : stores) {
      const codec = codecOf(one);
      yield* scanRows(one, state.bytes, isolation, codec, rangeIn(codec), order);
    }
  };
  const partitionOf = (key: K): number => partitionFor(partitionKeyOf(spec, key), state.partitions(spec));
  const storeOf = (partition: number): OpenStore => {
    const found = open().find((one) => one.partition === partition);
    if (found !== undefined) return found;
    throw new StateError(
      `the key belongs to partition ${partition} of "${spec.name}", which this process does not hold now`,
      { partition },
    );
  };
  const fetch = async function* (key: unknown, from: number, to: number, order: ScanOrder) {
    const { windows } = reader;
    if (windows === undefined) throw new StateError(`store "${spec.name}" has no windows to fetch: use get or range`);
    const one = storeOf(partitionOf({ key, start: from, end: to } as K));
    const codec = codecOf(one);
    yield* scanRows(one, state.bytes, isolation, codec, windows(key, from, to, codec.at), order);
  };
  const read = (one: OpenStore, key: K): Row<V> | undefined => {
    if (isolation === 'latest' && one.rows.read !== undefined) return one.rows.read(key) as Row<V> | undefined;
    const codec = codecOf(one);
    const row = state.bytes.get(concatBytes(one.prefix, reader.encodeKey(key, codec.at)));
    return row && codec.row(row);
  };
  const get = (key: K): V | undefined => read(storeOf(partitionOf(key)), key)?.value;
  return {
    partitionOf,
    holds: (key) => open().some(({ partition }) => partition === partitionOf(key)),
    get,
    load: (key) => retryPending(() => get(key)),
    all: (order = {}) => {
      checkOptions('all', order, orderChecks);
      return scan(() => ({}), order);
    },
    range: (from, to, order = {}) => {
      checkOptions('range', order, orderChecks);
      return scan(({ at }) => ({ from: reader.encodeKey(from, at), to: reader.encodeKey(to, at) }), order);
    },
    fetch: (key, from, to, order = {}) => {
      checkOptions('fetch', order, orderChecks);
      return fetch(key, from, to, order);
    },
    count: async () => {
      let rows = 0;
      for await (const _ of scan(() => ({}))) rows++;
      return rows;
    },
    changes$: new Observable((observer) => {
      const steps = new OrderedSteps((error) => observer.error(error));
      return state.changes.listen(spec, (store, rows) => {
        const codec = codecOf(store);
        for (const { key: rowKey, value } of rows) {
          steps.run(() => {
            const key = codec.key(rowKey);
            if (key !== undefined) observer.next({ key, row: value && codec.row(value) });
          });
        }
      });
    }),
  };
};
