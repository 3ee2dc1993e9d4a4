import {
  type Bytes,
  type Coordinates,
  messageOf,
  Pending,
  type Row,
  StateError,
  type StoreReader,
} from '@kstreams/core/graph';
import type { StorePartition } from '../task/stores/store-partition.js';

/** The rows of one store partition as bytes. */
export interface RowCodec<K, V> {
  readonly at: Coordinates;
  /** Returns the key of a row; `undefined` for a row that holds no key. */
  key(rowKey: Bytes): K | undefined;
  /** Returns the decoded row; `undefined` for a deleted key. */
  row(bytes: Bytes): Row<V> | undefined;
}

/** Returns the codec of a store partition, which decodes for the topic that its rows were encoded for. */
export const rowCodec = <K, V>({ changelog, spec }: StorePartition, reader: StoreReader<K, V>): RowCodec<K, V> => {
  const at: Coordinates = { topic: changelog?.topic ?? spec.name, headers: [] };
  const decode = <R>(read: () => R): R => {
    try {
      return read();
    } catch (thrown) {
      if (thrown instanceof Pending) throw thrown;
      throw new StateError(`store "${spec.name}" cannot decode a row: ${messageOf(thrown)}`, {}, thrown);
    }
  };
  return {
    at,
    key: (rowKey) => decode(() => reader.decodeKey(rowKey, at)),
    row: (bytes) => decode(() => reader.decodeRow(bytes, at)),
  };
};
