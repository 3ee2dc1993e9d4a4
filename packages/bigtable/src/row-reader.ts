import { type Bytes, batchesOf, bytesToId, inParallel, plainBytes } from '@kstreams/core/graph';
import type { BigtableRow, BigtableTable } from './client.js';
import type { Counts, RowCells } from './row-cells.js';

/** The greatest number of keys that one request reads, and of their bytes. */
const readTogether = { items: 1_000, bytes: 256 * 1_024 };

/** The number of requests that are sent at once. */
const atOnce = 4;

/** The number of keys on a page of a list of keys. */
const listedTogether = 10_000;

/** A page of a scan. */
export interface RowPage {
  /** The rows that exist, by the ids of their keys. */
  readonly entries: readonly (readonly [id: string, value: Bytes])[];
  /** The id of the last key that was read. */
  readonly end: string | undefined;
  /** True when there may be rows after it. */
  readonly rest: boolean;
}

interface Start {
  readonly value: Buffer;
  readonly inclusive: boolean;
}

/**
 * Reads the rows of a space. Each read includes the row of the owner, which sorts last: the client ends a read without an error
 * when the server cancels it, and the missing rows would count as deleted.
 */
export class RowReader {
  readonly #table: BigtableTable;
  readonly #cells: RowCells;
  readonly #ownerKey: string;

  constructor(table: BigtableTable, cells: RowCells, ownerKey: string) {
    this.#table = table;
    this.#cells = cells;
    this.#ownerKey = ownerKey;
  }

  /** Returns the values of rows that exist, by the ids of their keys in the state, in the order of the keys given. */
  async values(rowKeys: readonly Buffer[], counts: Counts): Promise<ReadonlyMap<string, Bytes>> {
    const found = new Map<string, Bytes>();
    const batches = batchesOf(rowKeys, ({ length }) => length, readTogether);
    await inParallel(batches, atOnce, async (keys) => {
      const { rows } = await this.#read({ keys, filter: this.#cells.filter('newest') });
      for (const [id, value] of await this.#valuesOf(rows, counts)) found.set(id, value);
    });
    const ids = rowKeys.map((id) => bytesToId(this.#cells.stateKeyOf({ id, data: {} })));
    return new Map(ids.flatMap((id) => (found.has(id) ? [[id, found.get(id) as Bytes]] : [])));
  }

  /** Returns up to `limit` rows from a key on, before another. */
  async page(start: Start, end: Buffer, limit: number, counts: Counts): Promise<RowPage> {
    const { rest, rows } = await this.#readRange(start, end, limit, this.#cells.filter('newest'));
    const last = rows.at(-1);
    return {
      entries: await this.#valuesOf(rows, counts),
      end: last && bytesToId(this.#cells.stateKeyOf(last)),
      rest,
    };
  }

  /** Returns the keys in the state of all rows between two keys, also of deleted ones. */
  async keys(from: Buffer, to: Buffer): Promise<Buffer[]> {
    const keys: Buffer[] = [];
    const filter = [{ row: { cellLimit: 1 } }, { value: { strip: true } }];
    let start: Start | undefined = { value: from, inclusive: true };
    while (start !== undefined) {
      const { rest, rows } = await this.#readRange(start, to, listedTogether, filter);
      for (const row of rows) keys.push(this.#cells.stateKeyOf(row));
      const last = rows.at(-1);
      start = rest && last ? { value: last.id as Buffer, inclusive: false } : undefined;
    }
    return keys;
  }

  async #valuesOf(rows: readonly BigtableRow[], counts: Counts): Promise<(readonly [id: string, value: Bytes])[]> {
    const values = rows.map((row) => this.#cells.valueOf(row, counts, 'newest'));
    const older = rows.flatMap(({ id }, i) => (values[i] === 'older' ? [id as Buffer] : []));
    const whole = new Map<string, BigtableRow>();
    for (const keys of batchesOf(older, ({ length }) => length, readTogether)) {
      const { rows: found } = await this.#read({ keys, filter: this.#cells.filter('all') });
      for (const row of found) whole.set(bytesToId(row.id as Buffer), row);
    }
    return rows.flatMap((row, i) => {
      const all = whole.get(bytesToId(row.id as Buffer));
      const value = values[i] === 'older' ? all && this.#cells.valueOf(all, counts, 'all') : values[i];
      const isBytes = value !== undefined && value !== 'older';
      return isBytes ? [[bytesToId(this.#cells.stateKeyOf(row)), plainBytes(value)] as const] : [];
    });
  }

  async #readRange(start: Start, end: Buffer, limit: number, filter: object[]) {
    if (Buffer.compare(start.value, end) >= 0) return { rows: [], rest: false };
    return this.#read({ ranges: [{ start, end: { value: end, inclusive: false } }], limit, filter });
  }

  /** Reads rows. `rest` is true when a limit has ended the read. */
  async #read({ keys = [], limit, ...options }: ReadRows): Promise<{ rows: readonly BigtableRow[]; rest: boolean }> {
    const request = {
      ...options,
      decode: false,
      keys: [...keys, Buffer.from(this.#ownerKey)],
      ...(limit && { limit }),
    };
    const [rows] = await this.#table.getRows(request);
    const last = rows.at(-1);
    if (last !== undefined && String(last.id) === this.#ownerKey) return { rows: rows.slice(0, -1), rest: false };
    if (rows.length === limit) return { rows, rest: true };
    throw new Error('the read ended before its last row: it was cancelled');
  }
}

interface ReadRows {
  readonly keys?: readonly Buffer[];
  readonly ranges?: readonly object[];
  readonly limit?: number;
  readonly filter: object[];
}
