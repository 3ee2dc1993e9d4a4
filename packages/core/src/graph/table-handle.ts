import type { AnyStoreSpec } from './store.js';

/**
 * A table as the runtime sees it: a reference to the store that holds its rows, typed by their keys and values. Covariant
 * in K and V. The chain's `Table` is one.
 */
export interface TableHandle<out K, out V> {
  readonly is: 'table';
  /** `store` is absent for a table that keeps no rows. */
  readonly rows: { readonly store?: AnyStoreSpec };
  /** Types only: never set. */
  readonly holds?: readonly [key: K, value: V];
}
