/**
 * The layout of a log's storage. Keys start with the name of a table; numbers in keys sort as their bytes do. Small rows
 * are JSON, which is easy to inspect; records have a binary format in `record-batch.ts`.
 */
import { afterPrefix, type Bytes, fromUtf8, TransportError, toUtf8, writeTimestamp } from '@kstreams/core/graph';

/** A partition by its topic's id and its number, which are never reused. */
export interface PartitionKey {
  readonly id: number;
  readonly partition: number;
}

/** Tables with rows per partition: record batches and aborted transactions by last offset, and one state row. */
export type PartitionTable = 'record' | 'aborted' | 'state';

/** A range of keys, for `read`, `lastKey` and `clear` of a storage. */
export type KeyRange = readonly [from: Bytes, to: Bytes];

/** Version of the layout; a storage of another version is refused. */
export const layoutVersion = 2;

/** Key of the row with the version and the log's id. */
export const layoutKey = toUtf8('layout');

/** Every key of the log. */
export const allKeys: KeyRange = [new Uint8Array(0), Uint8Array.of(0xff)];

/** Returns the key of a topic's description. */
export const topicKey = (name: string): Bytes => toUtf8(`topic/${name}`);

/** Returns the key that marks a deleted topic until its rows are cleared. */
export const deletedKey = (id: number): Bytes => toUtf8(`deleted/${id}`);

/** Returns the key of a committed offset. A group may contain slashes; a topic contains none. */
export const offsetKey = (group: string, topic: string, partition: number): Bytes =>
  toUtf8(`offset/${group}/${topic}/${partition}`);

/** Returns the range of a table. */
export const tableRange = (table: 'topic' | 'deleted' | 'offset' | 'open'): KeyRange =>
  prefixRange(toUtf8(`${table}/`));

/** Returns the range of a topic's rows in one table. */
export const topicRange = (table: PartitionTable, id: number): KeyRange => prefixRange(numberedKey(table, 4, id));

/** Returns the key of a partition's row at an offset. */
export const rowKey = (table: PartitionTable, { id, partition }: PartitionKey, offset: number): Bytes => {
  const key = numberedKey(table, 16, id, partition);
  writeTimestamp(key, key.length - 8, offset);
  return key;
};

/** Returns the range of a partition's rows with `from <= offset < to`. */
export const rowRange = (table: PartitionTable, partition: PartitionKey, from: number, to: number): KeyRange => [
  rowKey(table, partition, from),
  rowKey(table, partition, to),
];

/** Returns the offset in a key of {@link rowKey}. */
export const offsetOfRow = (key: Bytes): number => {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return (view.getUint32(key.length - 8) - 2 ** 31) * 2 ** 32 + view.getUint32(key.length - 4);
};

/** Returns the key that marks an open transaction in a partition. */
export const openKey = (transaction: number, { id, partition }: PartitionKey): Bytes =>
  numberedKey('open', 12, transaction, id, partition);

/** Returns the transaction and partition in a key of {@link openKey}. */
export const readOpenKey = (key: Bytes): PartitionKey & { readonly transaction: number } => {
  const view = new DataView(key.buffer, key.byteOffset + 'open/'.length);
  return { transaction: view.getUint32(0), id: view.getUint32(4), partition: view.getUint32(8) };
};

const numberedKey = (table: string, length: number, ...numbers: readonly number[]): Bytes => {
  const key = new Uint8Array(table.length + 1 + length);
  key.set(toUtf8(`${table}/`));
  const view = new DataView(key.buffer, table.length + 1);
  for (const [i, number] of numbers.entries()) view.setUint32(4 * i, number);
  return key;
};

const prefixRange = (prefix: Bytes): KeyRange => [prefix, afterPrefix(prefix) as Bytes];

/** Encodes a row as JSON. */
export const toJson = (row: object): Bytes => toUtf8(JSON.stringify(row));

/** Decodes a row of {@link toJson}; throws a `TransportError` unless it is an object with these fields. */
export const fromJson = <R>(bytes: Bytes, ...fields: readonly (keyof R & string)[]): R => {
  try {
    const row: unknown = JSON.parse(fromUtf8(bytes));
    if (typeof row === 'object' && row !== null && fields.every((field) => field in row)) return row as R;
  } catch (thrown) {
    throw damagedRow({}, thrown);
  }
  throw damagedRow();
};

/** Returns the error for a row that is not as it was written. */
export const damagedRow = (at: { readonly topic?: string; readonly partition?: number } = {}, cause?: unknown) =>
  new TransportError('a row of the embedded log is damaged: remove its folder, or restore a backup', at, cause);
