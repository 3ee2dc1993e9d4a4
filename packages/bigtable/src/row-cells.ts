import { type Bytes, type ReadableFields, StorageError } from '@kstreams/core/graph';
import type { BigtableCell, BigtableRow } from './client.js';

/** The columns of a row: its value, its readable form, and an empty cell for each time that it was deleted. */
const [valueColumn, jsonColumn, deletedColumn] = ['value', 'json', 'deleted'].map((name) => Buffer.from(name)) as [
  Buffer,
  Buffer,
  Buffer,
];

/** The columns that reads need: those of rows, and of the row of the owner. */
const columnsRead = 'value|deleted|owner';

/** The greatest length of keys in Bigtable, in bytes, and that of values: a row of 256 MiB has 3 versions of its value. */
const longestKey = 4_096;
const longestValue = 64 * 1_024 ** 2;

/** The number of versions of a cell that are read at first. */
const versionsRead = 2;

/** A change of a row, as the client sends it. */
export interface RowMutation {
  readonly rowKey: Buffer;
  readonly mutations: readonly { readonly setCell?: { readonly value: Buffer } }[];
}

/** Returns the number of bytes that a change sends, without those of its form. */
export const sizeOf = ({ mutations, rowKey }: RowMutation): number =>
  mutations.reduce((sum, { setCell }) => sum + (setCell?.value.length ?? 0), rowKey.length);

/** A row to write; `undefined` deletes it. */
export interface NewRow {
  readonly value: Bytes | undefined;
  readonly fields: ReadableFields | undefined;
}

/** Selects the commits that count. */
export type Counts = (number: number) => boolean;

/** The rows of a space in a column family. The timestamps of their cells are numbers of commits, in ms. */
export class RowCells {
  readonly #prefix: Buffer;
  readonly #family: string;

  constructor(space: string, family: string) {
    this.#prefix = Buffer.from(`${space}/`);
    this.#family = family;
  }

  /** Returns the key of a row in the table. */
  keyOf(key: Bytes): Buffer {
    const length = this.#prefix.length + key.length;
    if (length > longestKey) {
      throw new StorageError(
        `a key has ${length} bytes together with its space, and Bigtable takes ${longestKey}: use shorter keys`,
      );
    }
    return Buffer.concat([this.#prefix, key]);
  }

  /** Returns the key of a row in the state. */
  stateKeyOf({ id }: BigtableRow): Buffer {
    return Buffer.from(id as Buffer).subarray(this.#prefix.length);
  }

  /** Returns the mutation that writes a value, and its readable form if there is one, or a mark that the row is deleted. */
  write(rowKey: Buffer, { fields, value }: NewRow, number: number): RowMutation {
    if (value !== undefined && value.length > longestValue) {
      throw new StorageError(
        `a value has ${value.length} bytes, and a row of Bigtable has room for ${longestValue}: keep less in one row`,
      );
    }
    const set = (columnQualifier: Buffer, bytes: Buffer) => ({
      setCell: { familyName: this.#family, columnQualifier, timestampMicros: microsOf(number), value: bytes },
    });
    if (value === undefined) return { rowKey, mutations: [set(deletedColumn, Buffer.alloc(0))] };
    const put = set(valueColumn, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    const json = fields === undefined ? [] : [set(jsonColumn, Buffer.from(JSON.stringify(fields)))];
    return { rowKey, mutations: [put, ...json] };
  }

  /** Returns the mutation that removes the cells of a row up to a commit. */
  remove(rowKey: Buffer, number: number): RowMutation {
    const timeRange = { startTimestampMicros: 0, endTimestampMicros: microsOf(number + 1) };
    const columns = [valueColumn, jsonColumn, deletedColumn];
    const familyName = this.#family;
    return {
      rowKey,
      mutations: columns.map((columnQualifier): object => ({
        deleteFromColumn: { familyName, columnQualifier, timeRange },
      })),
    };
  }

  /** Returns the filter of reads: the newest versions, or all of them. */
  filter(versions: 'newest' | 'all'): object[] {
    const cellLimit = versions === 'newest' ? { cellLimit: versionsRead } : {};
    return [{ family: this.#family }, { column: { name: columnsRead, ...cellLimit } }];
  }

  /** Returns the value of a row; `older` when its newest versions do not count and it may have others. */
  valueOf({ data }: BigtableRow, counts: Counts, versions: 'newest' | 'all'): Bytes | 'older' | undefined {
    const { deleted = [], value = [] } = data[this.#family] ?? {};
    const newest = (cells: readonly BigtableCell[]) => cells.find((cell) => counts(numberOf(cell)));
    const [put, mark] = [newest(value), newest(deleted)];
    const mayHaveOlder = (cells: readonly BigtableCell[], found: BigtableCell | undefined): boolean =>
      versions === 'newest' && found === undefined && cells.length === versionsRead;
    if (mayHaveOlder(value, put) || mayHaveOlder(deleted, mark)) return 'older';
    if (put === undefined || (mark !== undefined && numberOf(mark) > numberOf(put))) return undefined;
    return put.value;
  }
}

const microsOf = (number: number): number => number * 1_000;

const numberOf = ({ timestamp }: BigtableCell): number => Number(timestamp) / 1_000;
