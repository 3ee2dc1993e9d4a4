import type { Bytes } from '@kstreams/core/graph';

/** A load of rows in one round trip. */
export interface Load {
  readonly rows: CachedRow[];
  /** The keys of the rows. */
  readonly keys: Bytes[];
  /** Rows that a read missed; the others are of prefetches. */
  readonly missed: Set<CachedRow>;
  readonly loaded: Promise<void>;
}

/** A row of a cache: in a list once it has a value, in a load before. */
export class CachedRow {
  readonly id: string;
  /** `undefined` for a key without a row. */
  value: Bytes | undefined;
  /** The number of its last commit; 0 for none. */
  commit = 0;
  /** The load that reads its value. */
  load: Load | undefined;
  list: RowList | undefined;
  before: CachedRow = this;
  after: CachedRow = this;

  constructor(id: string, load?: Load) {
    this.id = id;
    this.load = load;
  }
}

/** Memory cost of a row besides its key and value, in bytes: about what 200,000 rows take in Node. */
const overhead = 240;

/** Rows in the order in which they were added last. Each row is in one list at most, which holds it without another map. */
export class RowList {
  size = 0;
  /** The memory of the rows. */
  bytes = 0;
  /** The row between the last one and the first one. */
  readonly #end = new CachedRow('');

  get first(): CachedRow | undefined {
    return this.size === 0 ? undefined : this.#end.after;
  }

  get last(): CachedRow | undefined {
    return this.size === 0 ? undefined : this.#end.before;
  }

  /** Adds a row at the end, with its value. It leaves the list that it was in. */
  add(row: CachedRow, value: Bytes | undefined): void {
    row.list?.remove(row);
    row.value = value;
    row.list = this;
    row.before = this.#end.before;
    row.after = this.#end;
    row.before.after = row;
    this.#end.before = row;
    this.size++;
    this.bytes += costOf(row);
  }

  remove(row: CachedRow): void {
    row.before.after = row.after;
    row.after.before = row.before;
    row.list = undefined;
    this.size--;
    this.bytes -= costOf(row);
  }

  /** Returns the rows. The one returned last may be moved or removed meanwhile. */
  *[Symbol.iterator](): Generator<CachedRow, void, undefined> {
    for (let row = this.#end.after; row !== this.#end; ) {
      const next = row.after;
      yield row;
      row = next;
    }
  }
}

const costOf = ({ id, value }: CachedRow): number => overhead + id.length + (value?.length ?? 0);
