import type { AnyStoreSpec } from './store.js';

/**
 * A reference to a table and the store of its rows, for the runtime. `Table` implements it. Covariant in K and V.
 */
export interface TableHandle<out K, out V> {
  readonly is: 'table';
  /** `store` is absent for a table that keeps no rows; `result` maps stored values to those of the table. */
  readonly rows: { readonly store?: AnyStoreSpec; readonly result?: (stored: never) => unknown };
  /** Types only: never set. */
  readonly holds?: readonly [key: K, value: V];
}
