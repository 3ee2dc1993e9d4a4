import type { Bytes } from '@kstreams/core/graph';
import type { SegmentRow } from './segment/block.js';

/** A range of keys, as ids: from the first to before the second. */
export type IdRange = readonly [from: string, to: string];

/** Changes of rows: those in ranges were deleted first, then rows were written or deleted one by one. */
export interface Layer {
  readonly cleared: readonly IdRange[];
  /** By id of the key; `undefined` for a deleted row. */
  readonly rows: ReadonlyMap<string, Bytes | undefined>;
}

/** Changes of rows, in the order of their keys. */
export interface SortedChanges {
  readonly cleared: readonly IdRange[];
  readonly sorted: AsyncIterable<readonly SegmentRow[]>;
}

interface OpenLayer extends Layer {
  cleared: readonly IdRange[];
  readonly rows: Map<string, Bytes | undefined>;
}

/** The memory of a row besides its key and value, in bytes. */
const rowOverhead = 100;

/** The number of layers that are combined into one, so that clearing costs little. */
const mostLayers = 32;

/** The changed rows of a shard since a position. */
export class Changes {
  /** The oldest first. A clear begins a new one if the last one has rows. */
  #layers: OpenLayer[] = [{ cleared: [], rows: new Map() }];
  #bytes = 0;

  /** The memory of the changes, in bytes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** True when no row was written or deleted by its key. */
  get empty(): boolean {
    return this.#bytes === 0;
  }

  /** True when a row was written or deleted by its key. */
  has(id: string): boolean {
    return this.#layers.some(({ rows }) => rows.has(id));
  }

  put(id: string, value: Bytes | undefined): void {
    const { rows } = this.#newest();
    const before = rows.get(id);
    const { size } = rows;
    rows.set(id, value);
    this.#bytes += (rows.size === size ? 0 : id.length + rowOverhead) + (value?.length ?? 0) - (before?.length ?? 0);
  }

  clear(range: IdRange): void {
    if (this.#newest().rows.size > 0) this.#layers.push({ cleared: [], rows: new Map() });
    const newest = this.#newest();
    newest.cleared = unionOf(newest.cleared, [range]);
    if (this.#layers.length > mostLayers) this.combined();
  }

  /** Adds later changes. */
  add({ cleared, rows }: Layer): void {
    for (const range of cleared) this.clear(range);
    for (const [id, value] of rows) this.put(id, value);
  }

  /** Returns all changes in one layer, which may change with them. */
  combined(): Layer {
    if (this.#layers.length === 1) return this.#newest();
    const rows = new Map<string, Bytes | undefined>();
    let cleared: readonly IdRange[] = [];
    for (const layer of this.#layers.toReversed()) {
      for (const [id, value] of layer.rows) if (!rows.has(id) && !covers(cleared, id)) rows.set(id, value);
      cleared = unionOf(cleared, layer.cleared);
    }
    this.#layers = [{ cleared, rows }];
    this.#bytes = 0;
    for (const [id, value] of rows) this.#bytes += id.length + rowOverhead + (value?.length ?? 0);
    return { cleared, rows };
  }

  #newest(): OpenLayer {
    return this.#layers.at(-1) as OpenLayer;
  }
}

/** Returns ranges that cover the same ids, in order, none of which touch. */
export const unionOf = (some: readonly IdRange[], others: readonly IdRange[]): readonly IdRange[] => {
  if (others.length === 0) return some;
  const united: IdRange[] = [];
  for (const [from, to] of [...some, ...others].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (from >= to) continue;
    const last = united.at(-1);
    if (last === undefined || last[1] < from) united.push([from, to]);
    else if (last[1] < to) united[united.length - 1] = [last[0], to];
  }
  return united;
};

/** True when a range has the id. */
export const covers = (ranges: readonly IdRange[], id: string): boolean =>
  ranges.some(([from, to]) => from <= id && id < to);
