import {
  type AnySerde,
  type AnyStoreSpec,
  type Bytes,
  type Coordinates,
  type Row,
  StateError,
  type TableHandle,
} from '@kstreams/core/graph';
import {
  decodeHeadKey,
  decodeWindowKey,
  encodeHeadKey,
  encodeWindowKey,
  type WindowKey,
  type WindowOrder,
} from '@kstreams/core/state';
import type { OpenStore } from '../task/stores/task-stores.js';

/** The store of a table, or of this name, among those that the tasks of a topology keep. */
export const storeOf = <K, V>(wanted: TableHandle<K, V> | string, specs: readonly AnyStoreSpec[]): AnyStoreSpec => {
  if (typeof wanted !== 'string') {
    const { store } = wanted.rows;
    if (store !== undefined && specs.includes(store)) return store;
    throw new StateError('this table keeps no rows: give the step that makes it a { name } to keep them');
  }
  const spec = specs.find((one) => one.name === wanted);
  if (spec !== undefined) return spec;
  const known = specs.map((one) => `"${one.name}"`).join(', ') || 'none';
  throw new StateError(`the topology keeps no store "${wanted}"; its stores: ${known}`);
};

/** How the keys of a store look from outside, and as bytes. */
export interface StoreShape {
  encode(key: unknown): Bytes;
  decode(bytes: Bytes): unknown;
  /** What of the key decides its partition. */
  partitionKey(key: unknown): Bytes;
  /** False for what a store keeps beside its rows: its clocks. */
  isRow(key: Bytes): boolean;
  read(store: OpenStore, key: unknown): unknown;
}

/** How the keys of a store look. */
export const shapeOf = (spec: AnyStoreSpec): StoreShape => {
  const serde: AnySerde = spec.key;
  const at: Coordinates = { topic: spec.name, headers: [] };
  if (spec.shape === 'window') return windowShape(serde, at, 'start');
  if (spec.shape === 'session') return windowShape(serde, at, 'end');
  if (spec.shape === 'versioned') return versionedShape(serde, at);
  return {
    encode: (key) => serde.encode(key, at),
    decode: (bytes) => serde.decode(bytes, at),
    partitionKey: (key) => serde.encode(key, at),
    isRow: () => true,
    read: ({ store }, key) => (store as unknown as { get(key: unknown): unknown }).get(key),
  };
};

const windowShape = (serde: AnySerde, at: Coordinates, by: WindowOrder): StoreShape => ({
  encode: (key) => {
    const { key: inner, start, end } = key as WindowKey<unknown>;
    return encodeWindowKey(start, end, serde.encode(inner, at), by);
  },
  decode: (bytes): WindowKey<unknown> => {
    const { key, start, end } = decodeWindowKey(bytes, by) as WindowKey<Bytes>;
    return { key: serde.decode(key, at), start, end };
  },
  partitionKey: (key) => serde.encode((key as WindowKey<unknown>).key, at),
  isRow: (key) => decodeWindowKey(key) !== undefined,
  read: ({ store }, key) => {
    const { key: inner, start, end } = key as WindowKey<unknown>;
    return (store as unknown as WindowReader).get(inner, start, end)?.value;
  },
});

/** Readers see the newest versions. */
const versionedShape = (serde: AnySerde, at: Coordinates): StoreShape => ({
  encode: (key) => encodeHeadKey(serde.encode(key, at)),
  decode: (bytes) => serde.decode(decodeHeadKey(bytes) as Bytes, at),
  partitionKey: (key) => serde.encode(key, at),
  isRow: (key) => decodeHeadKey(key) !== undefined,
  read: ({ store }, key) => (store as unknown as { get(key: unknown): unknown }).get(key),
});

interface WindowReader {
  get(key: unknown, start: number, end: number): Row<unknown> | undefined;
}
