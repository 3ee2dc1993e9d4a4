import { type Bytes, bytesToId } from '@kstreams/core/graph';
import { covers, type IdRange } from '../changes.js';
import type { SegmentRow } from '../segment/block.js';

/** The rows of some changes in the order of their keys, with the ranges that they clear in older ones. */
export interface SortedLayer {
  readonly cleared: readonly IdRange[];
  readonly rows: AsyncIterator<readonly SegmentRow[]>;
}

/** A row with the id of its key; a value of `undefined` deletes it. */
export interface MergedRow<V extends Bytes | undefined = Bytes> {
  readonly id: string;
  readonly key: Bytes;
  readonly value: V;
}

/** Rows in the order of their keys, some at a time. */
type MergedRows<V extends Bytes | undefined = Bytes> = AsyncGenerator<readonly MergedRow<V>[], void, undefined>;

class Cursor {
  readonly cleared: readonly IdRange[];
  readonly #rows: SortedLayer['rows'];
  #some: readonly SegmentRow[] = [];
  #at = 0;
  /** The id of the next row; undefined at the end. */
  id: string | undefined;

  constructor({ cleared, rows }: SortedLayer) {
    this.cleared = cleared;
    this.#rows = rows;
  }

  get row(): SegmentRow {
    return this.#some[this.#at] as SegmentRow;
  }

  /** True when the next row is not read yet. */
  get empty(): boolean {
    return this.#at >= this.#some.length;
  }

  next(): void {
    this.#at++;
    this.#setId();
  }

  async read(): Promise<void> {
    while (this.empty) {
      const { done, value } = await this.#rows.next();
      if (done === true) break;
      this.#some = value;
      this.#at = 0;
    }
    this.#setId();
  }

  async close(): Promise<void> {
    await this.#rows.return?.();
  }

  #setId(): void {
    this.id = this.empty ? undefined : bytesToId(this.row[0]);
  }
}

/**
 * Returns the rows that layers have together, in the order of their keys or in the opposite one, about `size` bytes at a time. The
 * newest layer is the first, and each has the same order.
 */
export async function* mergedRows(layers: readonly SortedLayer[], size: number, reverse = false): MergedRows {
  for await (const changes of mergedChanges(layers, size, reverse)) {
    const rows = changes.filter((row): row is MergedRow => row.value !== undefined);
    if (rows.length > 0) yield rows;
  }
}

/** Returns what `mergedRows` returns, with the keys that the newest layer to have them deletes. */
export async function* mergedChanges(
  layers: readonly SortedLayer[],
  size: number,
  reverse = false,
): MergedRows<Bytes | undefined> {
  const cursors = layers.map((layer) => new Cursor(layer));
  try {
    for (const cursor of cursors) await cursor.read();
    let [merged, bytes]: [MergedRow<Bytes | undefined>[], number] = [[], 0];
    for (;;) {
      const next = nextOf(cursors, reverse);
      if (next < 0) break;
      const { id, row } = cursors[next] as Cursor & { id: string };
      const [key, value] = row;
      if (!isCleared(cursors, next, id)) {
        merged.push({ id, key, value });
        bytes += key.length + (value?.length ?? 0);
      }
      for (const cursor of cursors) {
        if (cursor.id !== id) continue;
        cursor.next();
        if (cursor.empty) await cursor.read();
      }
      if (bytes < size) continue;
      yield merged;
      [merged, bytes] = [[], 0];
    }
    if (merged.length > 0) yield merged;
  } finally {
    for (const cursor of cursors) await cursor.close();
  }
}

/** Returns rows without the ids of their keys. */
export async function* segmentRows(
  merged: AsyncIterable<readonly MergedRow<Bytes | undefined>[]>,
): AsyncGenerator<readonly SegmentRow[], void, undefined> {
  for await (const rows of merged) yield rows.map(({ key, value }) => [key, value]);
}

/** Returns the index of the newest layer with the next key; -1 at the end of all. */
const nextOf = (cursors: readonly Cursor[], reverse: boolean): number => {
  let [next, first]: [number, string | undefined] = [-1, undefined];
  for (let i = 0; i < cursors.length; i++) {
    const { id } = cursors[i] as Cursor;
    if (id !== undefined && (first === undefined || (reverse ? id > first : id < first))) [next, first] = [i, id];
  }
  return next;
};

const isCleared = (cursors: readonly Cursor[], layer: number, id: string): boolean => {
  for (let i = 0; i < layer; i++) if (covers((cursors[i] as Cursor).cleared, id)) return true;
  return false;
};
