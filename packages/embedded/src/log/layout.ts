/**
 * The layout of a log's storage. Keys start with the name of a table; numbers in keys sort as their bytes do. Small rows
 * are JSON, which is easy to inspect; records have a binary format in `record-batch.ts`. All rows but the first are
 * sealed with a checksum.
 */
import {
  afterPrefix,
  type Bytes,
  fromUtf8,
  readTimestamp,
  TransportError,
  toUtf8,
  writeTimestamp,
} from '@kstreams/core/graph';

/** A partition by its topic's number and its own. The number of a deleted topic is used again once its rows are cleared. */
export interface PartitionKey {
  readonly id: number;
  readonly partition: number;
}

/** Tables with rows per partition: record batches and aborted transactions by last offset, and one state row. */
export type PartitionTable = 'record' | 'aborted' | 'state';

/** A range of keys, for `read`, `lastKey` and `clear` of a storage. */
export type KeyRange = readonly [from: Bytes, to: Bytes];

const prefixRange = (prefix: Bytes): KeyRange => [prefix, afterPrefix(prefix) as Bytes];

/** Version of the layout; a storage of another version is refused. */
export const layoutVersion = 3;

/** Key of the row with the version. */
export const layoutKey = toUtf8('layout');

/** Key of the row that is written in every commit and verifies the others. */
export const checkKey = toUtf8('check');

/** Key of the row with the ends of all partitions at the last close. */
export const endsKey = toUtf8('ends');

/** Every key of the log. */
export const allKeys: KeyRange = [new Uint8Array(0), Uint8Array.of(0xff)];

/** Returns the key of a topic's description. */
export const topicKey = (name: string): Bytes => toUtf8(`topic/${name}`);

/** Returns the key that marks a deleted topic until its rows are cleared. */
export const deletedKey = (id: number): Bytes => toUtf8(`deleted/${id}`);

/** Returns the number of the topic in a key of {@link deletedKey}; `undefined` for other keys. */
export const readDeletedKey = (key: Bytes): number | undefined => {
  if (key[0] !== deletedFirst) return undefined;
  return Number(fromUtf8(key).slice('deleted/'.length));
};

/** No other table begins with this letter. */
const deletedFirst = 'd'.charCodeAt(0);

/** Returns the key of a committed offset. A group may contain slashes; a topic contains none. */
export const offsetKey = (group: string, topic: string, partition: number): Bytes =>
  toUtf8(`offset/${group}/${topic}/${partition}`);

/** Returns the range of a table. */
export const tableRange = (table: 'topic' | 'deleted' | 'offset' | 'open'): KeyRange =>
  prefixRange(toUtf8(`${table}/`));

/** Returns the range of a topic's rows in one table. */
export const topicRange = (table: PartitionTable, id: number): KeyRange => prefixRange(numberedKey(table, 4, id));

const records = prefixRange(toUtf8('record/'));

/** The keys before and after those of all record batches. */
export const metadataRanges: readonly KeyRange[] = [
  [allKeys[0], records[0]],
  [records[1], allKeys[1]],
];

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
export const offsetOfRow = (key: Bytes): number => readTimestamp(key, key.length - 8);

/** Returns the partition and the offset in the key of a record batch; `undefined` for other keys. */
export const readRecordKey = (key: Bytes): (PartitionKey & { readonly last: number }) | undefined => {
  if (key[0] !== recordFirst || key.length !== recordKeyLength) return undefined;
  const view = new DataView(key.buffer, key.byteOffset + 'record/'.length);
  return { id: view.getUint32(0), partition: view.getUint32(4), last: offsetOfRow(key) };
};

/** No other table begins with this letter. */
const recordFirst = 'r'.charCodeAt(0);
const recordKeyLength = 'record/'.length + 16;

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
  new TransportError(`a row of the embedded log is damaged: ${startAgain}`, at, cause);

/** The remedy for a log that cannot be opened. */
export const startAgain = 'restore a backup, or remove its folder to start again';
