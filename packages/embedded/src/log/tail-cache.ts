import type { BatchRow } from './record-batch.js';

/** Memory cost of a cached row besides its bytes. */
const rowOverhead = 200;

/** A queue whose first items are released as they are dropped; dropping costs no move per item. */
class RowQueue<T> {
  readonly #items: (T | undefined)[] = [];
  #from = 0;

  get length(): number {
    return this.#items.length - this.#from;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  at(index: number): T | undefined {
    return this.#items[this.#from + index];
  }

  /** Drops the first items. */
  drop(count: number): void {
    this.#items.fill(undefined, this.#from, this.#from + count);
    this.#from += count;
    if (this.#from < 1_000 || 2 * this.#from < this.#items.length) return;
    this.#items.splice(0, this.#from);
    this.#from = 0;
  }
}

/**
 * Memory budget of all {@link TailCache}s of a log, in bytes. The row written first is evicted first, whichever
 * partition it belongs to.
 */
export class TailBudget {
  readonly #limit: number;
  readonly #order = new RowQueue<{ readonly tail: TailCache; readonly row: BatchRow }>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Size of all cached rows, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counts a new row and evicts the oldest ones over the limit. */
  add(tail: TailCache, row: BatchRow): void {
    this.#order.push({ tail, row });
    this.#bytes += row.bytes.length + rowOverhead;
    while (this.#bytes > this.#limit) {
      const oldest = this.#order.at(0) as { tail: TailCache; row: BatchRow };
      this.#order.drop(1);
      this.#bytes -= oldest.row.bytes.length + rowOverhead;
      oldest.tail.evict(oldest.row.last + 1);
    }
  }
}

/** The newest rows of one partition, kept in memory for readers near the end: every row from {@link begin} on. */
export class TailCache {
  readonly #budget: TailBudget;
  readonly #rows = new RowQueue<BatchRow>();
  #begin: number;

  constructor(budget: TailBudget, begin: number) {
    this.#budget = budget;
    this.#begin = begin;
  }

  /** Offset from which on every row is cached. */
  get begin(): number {
    return this.#begin;
  }

  push(row: BatchRow): void {
    this.#rows.push(row);
    this.#budget.add(this, row);
  }

  /** Returns the rows with offsets in `from <= offset < to`, ending with the row that reaches `bytes` bytes. */
  rows(from: number, to: number, bytes: number): readonly BatchRow[] {
    const rows: BatchRow[] = [];
    let length = 0;
    for (let at = this.#indexOf(from); at < this.#rows.length && length < bytes; at++) {
      const row = this.#rows.at(at) as BatchRow;
      if (row.last >= to) break;
      rows.push(row);
      length += row.bytes.length;
    }
    return rows;
  }

  /** Drops the rows before an offset. */
  evict(before: number): void {
    if (before <= this.#begin) return;
    this.#begin = before;
    this.#rows.drop(this.#indexOf(before));
  }

  /** Returns the index of the first row that ends at or after an offset. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows.at(middle) as BatchRow).last < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
