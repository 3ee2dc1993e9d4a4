import {
  type AnyStoreSpec,
  type Bytes,
  type Coordinates,
  StateError,
  type StoreReader,
  type TableHandle,
} from '@kstreams/core/graph';

/** A table, or the spec of a store that has a reader. */
export type ReadableStore<K, V> = TableHandle<K, V> | { readonly name: string; readonly reader: StoreReader<K, V> };

/**
 * Returns the spec of the store that is meant, among those of a topology.
 *
 * @throws StateError when the table keeps no rows or is of another application, or the topology has no such store.
 */
export const findStore = <K, V>(wanted: ReadableStore<K, V> | string, specs: readonly AnyStoreSpec[]): AnyStoreSpec => {
  if (typeof wanted !== 'string' && 'rows' in wanted) {
    const { store } = wanted.rows;
    if (store !== undefined && specs.includes(store)) return store;
    throw new StateError(
      'this table keeps no rows: give the step that makes it a { name } to keep them, or view it in its own application',
    );
  }
  const name = typeof wanted === 'string' ? wanted : wanted.name;
  const spec = specs.find((one) => (typeof wanted === 'string' ? one.name === name : one === wanted));
  if (spec !== undefined) return spec;
  const known = specs.map((one) => `"${one.name}"`).join(', ') || 'none';
  throw new StateError(`the topology keeps no store "${name}"; its stores: ${known}`);
};

/** Returns the bytes that choose the partition of a key. */
export const partitionKeyOf = (spec: AnyStoreSpec, key: unknown): Bytes => {
  const at: Coordinates = { topic: spec.name, headers: [] };
  return spec.reader?.partitionKey(key, at) ?? spec.key.encode(key, at);
};
