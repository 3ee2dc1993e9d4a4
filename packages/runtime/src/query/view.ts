import { checkOptions, type Isolation, type OptionChecks, OrderedSteps, option, type Row } from '@kstreams/core/graph';
import type { WindowKey } from '@kstreams/core/state';
import { Observable } from 'rxjs';
import type { ReadableStore } from './find-store.js';
import { LocalStore, type RowSelection, type ViewedState } from './local-store.js';
import { orderChecks, type ScanOrder } from './scan-rows.js';

/** A row that a commit changed. */
export interface RowChange<K, V> {
  readonly key: K;
  /** The current row; `undefined` when it was deleted. */
  readonly row: Row<V> | undefined;
}

/**
 * The first part of a key: of a text its first characters, of bytes the first bytes, of a tuple its first elements. No other
 * keys have prefixes.
 */
export type KeyPrefix<K> = K extends string | Uint8Array ? K : K extends readonly unknown[] ? Leading<K> : never;

/** The first elements of a tuple: none, some or all. */
type Leading<T extends readonly unknown[]> = T extends readonly [...infer Rest, unknown] ? T | Leading<Rest> : T;

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
   * Returns the rows of the keys with a prefix, in the order of their keys' bytes per partition.
   *
   * @throws StateError for stores whose keys have no prefixes.
   */
  prefix(prefix: KeyPrefix<K>, order?: ScanOrder): ViewedRows<K, V>;
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
  /** The rows that each commit changed or let expire, after the commit. A row that changed several times in between comes once. */
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

/** Maps the stored values of a table to its own. */
type Mapper<V> = ((stored: never) => V) | undefined;

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
  const store = new LocalStore<K, unknown>(wanted, state, isolation);
  const result = typeof wanted !== 'string' && 'rows' in wanted ? (wanted.rows.result as Mapper<V>) : undefined;
  const rowOf = (stored: Row<unknown>): Row<V> =>
    result === undefined ? (stored as Row<V>) : { value: result(stored.value as never), timestamp: stored.timestamp };
  const scan = async function* (selection: RowSelection<K>, order: ScanOrder, partition?: () => number) {
    const open = partition === undefined ? [...store.open] : [store.opened(partition())];
    for (const one of order.reverse === true ? open.reverse() : open) {
      for await (const { key, row } of store.scan(one, selection, order)) yield [key, rowOf(row)] as const;
    }
  };
  return {
    partitionOf: (key) => store.partitionOf(key),
    holds: (key) => store.openIn(store.partitionOf(key)) !== undefined,
    get: (key) => {
      const row = store.read(key);
      return row && rowOf(row).value;
    },
    load: async (key) => {
      const row = await store.load(key);
      return row && rowOf(row).value;
    },
    all: (order = {}) => {
      checkOptions('all', order, orderChecks);
      return scan({}, order);
    },
    range: (from, to, order = {}) => {
      checkOptions('range', order, orderChecks);
      return scan({ from, to }, order);
    },
    prefix: (prefix, order = {}) => {
      checkOptions('prefix', order, orderChecks);
      return scan({ prefix }, order);
    },
    fetch: (key, from, to, order = {}) => {
      checkOptions('fetch', order, orderChecks);
      const partition = () => store.partitionOf({ key, start: from, end: to } as K);
      return scan({ windows: { key, from, to } }, order, partition);
    },
    count: async () => {
      let rows = 0;
      for await (const _ of scan({}, {})) rows++;
      return rows;
    },
    changes$: new Observable((observer) => {
      const steps = new OrderedSteps((error) => observer.error(error));
      return state.changes.listen(store.spec, (open, rows) => {
        const codec = store.codecOf(open);
        try {
          for (const { key: rowKey, value } of rows) {
            steps.run(() => {
              const key = codec.key(rowKey);
              // Rows without a key are the store's own.
              if (key === undefined) return;
              const row = value && codec.row(value);
              observer.next({ key, row: row && rowOf(row) });
            });
          }
        } catch (thrown) {
          // A row that cannot be decoded ends the observer, never the commit.
          observer.error(thrown);
        }
      });
    }),
  };
};
