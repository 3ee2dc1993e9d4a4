import {
  type AnySerde,
  type ByteStore,
  type Bytes,
  type Coordinates,
  compareBytes,
  partitionFor,
  type Row,
  readTimestamp,
  StateError,
  type Table,
  timestampLength,
} from '@kstreams/core';
import { rangeOf } from '../state/keys.js';
import type { OpenStore } from '../state/task-stores.js';

/** Reads the rows of a table that this process holds. */
export interface View<K, V> {
  /** The value of a key, or undefined when it has none. Throws when the key's partition is not held here. */
  get(key: K): V | undefined;
  /** All rows held here, in the order of their keys' bytes per partition, as they are when the reading begins. */
  all(): AsyncIterable<readonly [key: K, row: Row<V>]>;
}

/** What views of every kind of store offer to readers. */
interface Readable {
  unsettled(): Iterable<readonly [key: Bytes, row: Row<unknown> | undefined]>;
  decode(row: Bytes): Row<unknown>;
}

/** Opens a view of a table over the stores that are open in this process. */
export const viewOf = <K, V>(
  table: Table<K, V>,
  stores: () => Iterable<OpenStore>,
  partitions: number,
  bytes: ByteStore,
): View<K, V> => {
  const { partitionKey, store: spec } = table.rows;
  if (spec === undefined)
    throw new StateError('this table keeps no rows: give the step that makes it a { name } to keep them');
  const open = (): OpenStore[] => [...stores()].filter((one) => one.spec === spec);
  const serde: AnySerde = table.position.key.serde ?? spec.key;
  const at = { topic: spec.name, headers: [] };
  return {
    get: (key) => {
      const inner =
        partitionKey === undefined ? serde.encode(key, at) : partitionKey.serde.encode(partitionKey.of(key), at);
      const partition = partitionFor(inner, partitions);
      const found = open().find((one) => one.partition === partition);
      if (found === undefined) {
        throw new StateError(
          `the key belongs to partition ${partition} of "${spec.name}", which this process does not hold`,
          { partition },
        );
      }
      return readKey(found, spec.shape, key) as V | undefined;
    },
    all: async function* () {
      for (const one of open()) {
        for (const [key, row] of await snapshot(one, bytes)) {
          yield [rowKey(spec.shape, spec.key, key, at) as K, row as Row<V>];
        }
      }
    },
  };
};

const readKey = ({ store }: OpenStore, shape: string, key: unknown): unknown => {
  if (shape === 'window') {
    const { key: inner, start, end } = key as { key: unknown; start: number; end: number };
    return (store as unknown as { get(key: unknown, start: number, end: number): Row<unknown> | undefined }).get(
      inner,
      start,
      end,
    )?.value;
  }
  return (store as unknown as { get(key: unknown): unknown }).get(key);
};

const rowKey = (shape: string, serde: AnySerde, bytes: Bytes, at: Coordinates): unknown => {
  if (shape !== 'window') return serde.decode(bytes, at);
  const [start, end] = [readTimestamp(bytes, 1), readTimestamp(bytes, 1 + timestampLength)];
  return { key: serde.decode(bytes.subarray(1 + 2 * timestampLength), at), start, end };
};

/** The rows of a store: those in the backend, under those that are not there yet. */
const snapshot = async (
  { prefix, spec, store }: OpenStore,
  bytes: ByteStore,
): Promise<(readonly [Bytes, Row<unknown>])[]> => {
  const readable = store as unknown as Readable;
  const over = [...readable.unsettled()];
  const rows: (readonly [Bytes, Row<unknown>])[] = [];
  for await (const [key, row] of bytes.scan(...rangeOf(prefix))) {
    const inner = key.slice(prefix.length);
    if (spec.shape === 'window' && inner[0] !== 1) continue;
    if (!over.some(([other]) => compareBytes(other, inner) === 0)) rows.push([inner, readable.decode(row)]);
  }
  for (const [key, row] of over) if (row !== undefined) rows.push([key, row]);
  return rows.sort(([a], [b]) => compareBytes(a, b));
};
