import {
  type Bytes,
  batchesOf,
  bytesToId,
  FencedError,
  inParallel,
  messageOf,
  type ReadableRows,
  type RemoteStorage,
  type ScanOptions,
  StorageError,
  type Write,
} from '@kstreams/core/graph';
import { type OpenScan, OpenScans } from '@kstreams/stores';
import type { BigtableTable } from './client.js';
import { closed, OwnerRow, type SpaceState } from './owner-row.js';
import { type Counts, RowCells, type RowMutation, sizeOf } from './row-cells.js';
import { RowReader } from './row-reader.js';

/** A space of a table. */
export interface BigtableSpace {
  readonly table: BigtableTable;
  readonly family: string;
  readonly space: string;
  /** Writes rows in a readable form, too; only their bytes unless set. */
  readonly readable?: ReadableRows | undefined;
}

/** The greatest number of rows of one request, and of their bytes. Bigtable takes 100,000 mutations, up to three for each row. */
const writtenTogether = { items: 20_000, bytes: 4 * 1_024 ** 2 };

/** The number of requests that are sent at once. */
const atOnce = 4;

/** The number of times that a space is opened while another process changes it. */
const openings = 10;

/** The number of rows that one step of a scan reads, and of keys that are deleted together. */
const pageRows = 1_000;
const clearedTogether = 10_000;

/**
 * Opens a space, and takes it over from the process that has it open. The commit that this one may have under way does not
 * count, also if its rows arrive later.
 */
export const openStorage = async ({ family, readable, space, table }: BigtableSpace): Promise<RemoteStorage> => {
  const owner = new OwnerRow(table, family, space);
  try {
    for (let attempt = 1; attempt <= openings; attempt++) {
      const before = await owner.read();
      const opened = openedState(before, readable === undefined ? 'bytes' : 'json');
      if (await owner.replace(before, opened)) {
        return new BigtableStorage({ table, family, space, readable }, owner, opened);
      }
    }
    throw new Error('other processes open it at the same time: give each process its own space');
  } catch (thrown) {
    const remedy = /not found|famil/i.test(messageOf(thrown))
      ? `: create the table "${table.id}" with the column family "${family}", which keeps 3 versions`
      : '';
    throw new StorageError(`the space "${space}" of Bigtable cannot be opened: ${messageOf(thrown)}${remedy}`, thrown);
  }
};

const openedState = (before: SpaceState | undefined, format: SpaceState['format']): SpaceState => {
  const token = crypto.randomUUID();
  if (before === undefined) return { id: crypto.randomUUID(), format, token, number: 0, unfinished: [] };
  if (before.format !== format) {
    throw new Error(`it has format: '${before.format}': set that, or take another space`);
  }
  return before.token === closed ? { ...before, token } : { ...skipped(before), token };
};

/** Returns the state after a commit that does not count. */
const skipped = (state: SpaceState): SpaceState => {
  const number = state.number + 1;
  return { ...state, number, unfinished: [...state.unfinished, number] };
};

class BigtableStorage implements RemoteStorage {
  readonly owner: string;
  readonly #table: BigtableTable;
  readonly #cells: RowCells;
  readonly #reader: RowReader;
  readonly #readable: ReadableRows | undefined;
  readonly #ownerRow: OwnerRow;
  readonly #space: string;
  readonly #scans = new OpenScans();
  #state: SpaceState;
  /** True from the first write of a commit until its outcome is known. */
  #undecided = false;
  /** The keys of the rows that the last commit deleted, whose cells are not removed yet, by their ids. */
  #deleted: ReadonlyMap<string, Buffer> = new Map();

  constructor({ family, readable, space, table }: BigtableSpace, ownerRow: OwnerRow, state: SpaceState) {
    this.owner = state.id;
    this.#table = table;
    this.#cells = new RowCells(space, family);
    this.#reader = new RowReader(table, this.#cells, ownerRow.key);
    this.#readable = readable;
    this.#ownerRow = ownerRow;
    this.#space = space;
    this.#state = state;
  }

  async getMany(keys: readonly Bytes[]): Promise<readonly (Bytes | undefined)[]> {
    const found = await this.#reader.values(
      keys.map((key) => this.#cells.keyOf(key)),
      this.#counting(),
    );
    return keys.map((key) => found.get(bytesToId(key)));
  }

  async *scan(
    from: Bytes,
    to: Bytes,
    { reverse = false }: ScanOptions = {},
  ): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    const counts = this.#counting();
    yield* this.#scans.rows(from, to, reverse, (scan) =>
      reverse ? this.#backwards(scan, from, to, counts) : this.#forwards(scan, counts),
    );
  }

  async commit(writes: readonly Write[]): Promise<void> {
    if (this.#undecided) await this.#decide();
    await this.#scans.keep(
      writes.map(([key]) => key),
      (keys) => this.getMany(keys),
    );
    const number = this.#state.number + 1;
    const readable = await this.#readable?.of(writes);
    const rows = writes.map(([key, value], i) => ({
      id: bytesToId(key),
      rowKey: this.#cells.keyOf(key),
      value,
      fields: readable?.[i]?.fields,
    }));
    const written = new Set(rows.map(({ id }) => id));
    const removed = [...this.#deleted].filter(([id]) => !written.has(id));
    const mutations = [
      ...rows.map((row) => this.#cells.write(row.rowKey, row, number)),
      ...removed.map(([, rowKey]) => this.#cells.remove(rowKey, this.#state.number)),
    ];
    this.#undecided = true;
    await this.#send(mutations);
    const next = { ...this.#state, number };
    if (!(await this.#ownerRow.replace(this.#state, next))) throw this.#fenced();
    this.#state = next;
    this.#undecided = false;
    this.#deleted = new Map(rows.flatMap(({ id, rowKey, value }) => (value === undefined ? [[id, rowKey]] : [])));
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    const keys = await this.#reader.keys(this.#cells.keyOf(from), this.#cells.keyOf(to));
    const parts = batchesOf(keys, () => 0, { items: clearedTogether, bytes: 1 });
    for (const part of parts.length === 0 ? [[]] : parts) await this.commit(part.map((key): Write => [key, undefined]));
  }

  /** Leaves the space to the next process, which need not skip a commit then. The client belongs to the program. */
  async close(): Promise<void> {
    if (this.#undecided) return;
    await this.#send([...this.#deleted.values()].map((rowKey) => this.#cells.remove(rowKey, this.#state.number)));
    await this.#ownerRow.replace(this.#state, { ...this.#state, token: closed });
  }

  async #send(mutations: readonly RowMutation[]): Promise<void> {
    const batches = batchesOf(mutations, sizeOf, writtenTogether);
    await inParallel(batches, atOnce, (batch) => this.#table.mutate([...batch], { rawMutation: true }));
  }

  /**
   * Finds out whether the last commit counts, after its response was lost or its rows were refused. If not, its number is
   * skipped, unless the commit arrives in the meantime.
   */
  async #decide(): Promise<void> {
    const stored = await this.#ownedState();
    const next = stored.number === this.#state.number ? skipped(stored) : stored;
    const decided = next === stored || (await this.#ownerRow.replace(stored, next)) ? next : await this.#ownedState();
    this.#state = decided;
    this.#undecided = false;
  }

  /**
   * Returns the stored state.
   *
   * @throws FencedError when another process owns the space.
   */
  async #ownedState(): Promise<SpaceState> {
    const stored = await this.#ownerRow.read();
    if (stored === undefined) throw new Error(`the row "${this.#ownerRow.key}" cannot be read`);
    if (stored.token !== this.#state.token) throw this.#fenced();
    return stored;
  }

  #fenced(): FencedError {
    return new FencedError(
      `another process has taken over the space "${this.#space}" of Bigtable: give each process its own space`,
    );
  }

  /** Returns the commits that count at this moment. */
  #counting(): Counts {
    const { number: last, unfinished } = this.#state;
    const left = new Set(unfinished);
    return (number) => number <= last && !left.has(number);
  }

  async *#forwards(scan: OpenScan, counts: Counts) {
    for (let rest = true; rest; ) {
      const { after, from, to } = scan.ahead;
      const [start, end] = [from, to].map((id) => this.#cells.keyOf(Buffer.from(id, 'latin1'))) as [Buffer, Buffer];
      const page = await this.#reader.page({ value: start, inclusive: !after }, end, pageRows, counts);
      rest = page.rest;
      yield* scan.pass(page.entries, rest ? page.end : undefined);
    }
  }

  /** Reads all keys first, since the client has no reverse reads. */
  async *#backwards(scan: OpenScan, from: Bytes, to: Bytes, counts: Counts) {
    const keys = await this.#reader.keys(this.#cells.keyOf(from), this.#cells.keyOf(to));
    const pages = batchesOf(keys.reverse(), () => 0, { items: pageRows, bytes: 1 });
    for (const page of pages) {
      const values = await this.#reader.values(
        page.map((key) => this.#cells.keyOf(key)),
        counts,
      );
      yield* scan.pass([...values], bytesToId(page.at(-1) as Buffer));
    }
    yield* scan.pass([], undefined);
  }
}
