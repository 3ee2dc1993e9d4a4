import { type Bytes, bytesToId } from '@kstreams/core/graph';
import { covers, type IdRange } from '../changes.js';
import type { SegmentRow } from '../segment/block.js';

/** The rows of some changes in the order of their keys, with the ranges that they clear in older ones. */
export interface SortedLayer {
  readonly cleared: readonly IdRange[];
  readonly rows: AsyncIterator<readonly SegmentRow[]>;
}

/** A row with the id of its key. */
export interface MergedRow {
  readonly id: string;
  readonly key: Bytes;
  readonly value: Bytes;
}

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

/** Returns the rows that layers have together, in the order of their keys, about `size` bytes at a time. The newest layer is the first. */
export async function* mergedRows(
  layers: readonly SortedLayer[],
  size: number,
): AsyncGenerator<readonly MergedRow[], void, undefined> {
  const cursors = layers.map((layer) => new Cursor(layer));
  try {
    for (const cursor of cursors) await cursor.read();
    let [merged, bytes]: [MergedRow[], number] = [[], 0];
    for (;;) {
      const least = leastOf(cursors);
      if (least < 0) break;
      const { id, row } = cursors[least] as Cursor & { id: string };
      const [key, value] = row;
      if (value !== undefined && !isCleared(cursors, least, id)) {
        merged.push({ id, key, value });
        bytes += key.length + value.length;
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

/** Returns the index of the newest layer with the least key; -1 at the end of all. */
const leastOf = (cursors: readonly Cursor[]): number => {
  let [least, first]: [number, string | undefined] = [-1, undefined];
  for (let i = 0; i < cursors.length; i++) {
    const { id } = cursors[i] as Cursor;
    if (id !== undefined && (first === undefined || id < first)) [least, first] = [i, id];
  }
  return least;
};

const isCleared = (cursors: readonly Cursor[], layer: number, id: string): boolean => {
  for (let i = 0; i < layer; i++) if (covers((cursors[i] as Cursor).cleared, id)) return true;
  return false;
};
