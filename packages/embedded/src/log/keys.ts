/** Where everything lies in the database: a table's name, then numbers whose bytes sort as they do. */
import { afterPrefix, type Bytes, toUtf8, writeTimestamp } from '@kstreams/core/graph';

/** A partition by what never changes and is never used again: its topic's id and its number. */
export interface PartitionKey {
  readonly id: number;
  readonly partition: number;
}

/**
 * The tables with rows per partition: `record` batches and `aborted` transactions by their last offset, and the
 * partition's own `state`.
 */
export type PartitionTable = 'record' | 'aborted' | 'state';

/** How the tables are laid out; a log of another layout is refused. */
export const layout = 1;

/** Where the number of the layout is. */
export const layoutKey = toUtf8('layout');
/** Where a topic's description is. */
export const topicKey = (name: string): Bytes => toUtf8(`topic/${name}`);
/** Topics whose rows are still to be cleared away. */
export const deletedKey = (id: number): Bytes => toUtf8(`deleted/${id}`);
/** Topics and partitions hold no slash, so a group may. */
export const offsetKey = (group: string, topic: string, partition: number): Bytes =>
  toUtf8(`offset/${group}/${topic}/${partition}`);

/** The keys that begin with a table's name. */
export const tableRange = (table: 'topic' | 'deleted' | 'offset' | 'open') => rangeOf(toUtf8(`${table}/`));

/** All rows of a topic in one table. */
export const topicRange = (table: PartitionTable, id: number) => rangeOf(numbered(table, 4, id));

/** The row of a table at an offset. */
export const rowKey = (table: PartitionTable, { id, partition }: PartitionKey, offset: number): Bytes => {
  const key = numbered(table, 16, id, partition);
  writeTimestamp(key, key.length - 8, offset);
  return key;
};

/** The rows of a table from one offset to before another. */
export const rowRange = (table: PartitionTable, partition: PartitionKey, from: number, to: number) => ({
  gte: rowKey(table, partition, from),
  lt: rowKey(table, partition, to),
});

/** The offset of a key that {@link rowKey} made. */
export const offsetOfRow = (key: Bytes): number => {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return (view.getUint32(key.length - 8) - 2 ** 31) * 2 ** 32 + view.getUint32(key.length - 4);
};

/** Says that a transaction is open in a partition. */
export const openKey = (transaction: number, { id, partition }: PartitionKey): Bytes =>
  numbered('open', 12, transaction, id, partition);

/** What a key of {@link openKey} says. */
export const readOpenKey = (key: Bytes): PartitionKey & { readonly transaction: number } => {
  const view = new DataView(key.buffer, key.byteOffset + 'open/'.length);
  return { transaction: view.getUint32(0), id: view.getUint32(4), partition: view.getUint32(8) };
};

const numbered = (table: string, length: number, ...numbers: readonly number[]): Bytes => {
  const key = new Uint8Array(table.length + 1 + length);
  key.set(toUtf8(`${table}/`));
  const view = new DataView(key.buffer, table.length + 1);
  for (const [i, number] of numbers.entries()) view.setUint32(4 * i, number);
  return key;
};

const rangeOf = (prefix: Bytes) => ({ gte: prefix, lt: afterPrefix(prefix) as Bytes });
