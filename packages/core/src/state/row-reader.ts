import { rowTimestamp, rowValue } from '../graph/row-bytes.js';
import type { Serde } from '../graph/serde.js';
import type { StoreReader } from '../graph/store-reader.js';

/** Returns the reader of a store with one row per key, under its encoded key. */
export const rowReader = <K, V>(key: Serde<K>, value: Serde<V>): StoreReader<K, V> => ({
  encodeKey: key.encode,
  decodeKey: key.decode,
  partitionKey: key.encode,
  ...(key.encodePrefix && { prefix: key.encodePrefix }),
  decodeRow: (row, at) => ({ value: value.decode(rowValue(row), at), timestamp: rowTimestamp(row) }),
});
