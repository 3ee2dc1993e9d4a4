import {
  type AnyStoreSpec,
  type ByteStore,
  concatBytes,
  type Isolation,
  partitionFor,
  type Row,
  StateError,
  type TableHandle,
} from '@kstreams/core/graph';
import { Observable } from 'rxjs';
import type { OpenStore } from '../task/stores/task-stores.js';
import type { ChangeFeed } from './change-feed.js';
import { type Readable, scanRows } from './scan-rows.js';
import { shapeOf, storeOf } from './store-shape.js';

/** A row that a commit changed. */
export interface RowChange<K, V> {
  readonly key: K;
  /** The row as it is now; `undefined` when it was deleted. */
  readonly row: Row<V> | undefined;
}

/** Reads the rows of a table that this process holds. */
export interface View<K, V> {
  /** The value of a key, or undefined when it has none. Throws when the key's partition is not held here. */
  get(key: K): V | undefined;
  /** All rows held here, in the order of their keys' bytes per partition, each partition as it is when its turn comes. */
  all(): AsyncIterable<readonly [key: K, row: Row<V>]>;
  /**
   * The rows from one key to another, the latter excluded, in the order of their keys' bytes per partition. Rows of
   * windows lie by start, then by end, then by key; of sessions by end, then by start, then by key.
   */
  range(from: K, to: K): AsyncIterable<readonly [key: K, row: Row<V>]>;
  /** The partition whose process holds a key. */
  partitionOf(key: K): number;
  /** True when this process can answer for a key now. */
  holds(key: K): boolean;
  /** The rows that each commit changed, once it stands; a row that changed often in between comes once. */
  readonly changes$: Observable<RowChange<K, V>>;
}

/** How a view reads. */
export interface ViewOptions {
  /**
   * Whether it shows rows as the last commit left them, or as they are now, which a crash may take back. Unless set,
   * `'committed'` exactly once and `'latest'` at least once.
   */
  readonly isolation?: Isolation;
}

/** What views look at. */
export interface ViewedState {
  readonly bytes: ByteStore;
  readonly changes: ChangeFeed;
  readonly specs: readonly AnyStoreSpec[];
  /** The stores that are open in this process now. */
  readonly stores: () => readonly OpenStore[];
  readonly partitions: (spec: AnyStoreSpec) => number;
}

/** Opens a view of a table, or of a store by its name, over what this process holds. */
export const viewOf = <K, V>(
  wanted: TableHandle<K, V> | string,
  state: ViewedState,
  isolation: Isolation = 'latest',
): View<K, V> => {
  const spec = storeOf(wanted, state.specs);
  const shape = shapeOf(spec);
  const open = (): OpenStore[] => state.stores().filter((one) => one.spec === spec);
  const scan = async function* (from?: K, to?: K): AsyncGenerator<readonly [K, Row<V>]> {
    for (const one of open()) {
      const [first, end] = [from, to].map((key) => (key === undefined ? undefined : shape.encode(key)));
      for await (const [key, row] of scanRows(one, state.bytes, isolation, shape.isRow, first, end)) {
        yield [shape.decode(key) as K, row as Row<V>];
      }
    }
  };
  const partitionOf = (key: K): number => partitionFor(shape.partitionKey(key), state.partitions(spec));
  const read = (one: OpenStore, key: K): unknown => {
    if (isolation === 'latest') return shape.read(one, key);
    const row = state.bytes.get(concatBytes(one.prefix, shape.encode(key)));
    return row && (one.store as unknown as Readable).decode(row)?.value;
  };
  return {
    partitionOf,
    holds: (key) => open().some(({ partition }) => partition === partitionOf(key)),
    get: (key) => {
      const partition = partitionOf(key);
      const found = open().find((one) => one.partition === partition);
      if (found !== undefined) return read(found, key) as V | undefined;
      throw new StateError(
        `the key belongs to partition ${partition} of "${spec.name}", which this process does not hold now`,
        { partition },
      );
    },
    all: () => scan(),
    range: (from, to) => scan(from, to),
    changes$: new Observable((observer) =>
      state.changes.listen(spec, ({ store }, rows) => {
        for (const { key, value } of rows) {
          if (!shape.isRow(key)) continue;
          const row = value && (store as unknown as Readable).decode(value);
          observer.next({ key: shape.decode(key) as K, row: row as Row<V> | undefined });
        }
      }),
    ),
  };
};
