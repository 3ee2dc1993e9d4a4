import type { Bytes } from '@kstreams/core/graph';

/** A row of a partition: a batch of records by the offset of the last. */
export interface Row {
  readonly last: number;
  readonly bytes: Bytes;
}

/** What a row costs in memory beside its bytes. */
const rowCost = 200;

/**
 * The newest rows of all partitions in memory, so that readers near the end need no database. They share one limit in
 * bytes; the row that was written first is forgotten first.
 */
export class Tails {
  readonly #limit: number;
  readonly #order: { readonly tail: Tail; readonly row: Row }[] = [];
  #from = 0;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How much is held, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counts a new row in and forgets old ones until the limit is kept. */
  add(tail: Tail, row: Row): void {
    this.#order.push({ tail, row });
    this.#bytes += row.bytes.length + rowCost;
    while (this.#bytes > this.#limit) {
      const oldest = this.#order[this.#from++] as { tail: Tail; row: Row };
      this.#bytes -= oldest.row.bytes.length + rowCost;
      oldest.tail.forget(oldest.row.last + 1);
    }
    if (this.#from > 1_000 && 2 * this.#from > this.#order.length) {
      this.#order.splice(0, this.#from);
      this.#from = 0;
    }
  }
}

/** The newest rows of one partition: all there are from {@link begin} on. */
export class Tail {
  readonly #tails: Tails;
  readonly #rows: Row[] = [];
  #from = 0;
  #begin: number;

  constructor(tails: Tails, begin: number) {
    this.#tails = tails;
    this.#begin = begin;
  }

  /** The offset from which on nothing is missing here. */
  get begin(): number {
    return this.#begin;
  }

  push(row: Row): void {
    this.#rows.push(row);
    this.#tails.add(this, row);
  }

  /** The rows that reach from an offset to before another, until they have `length` bytes. */
  rows(from: number, to: number, length: number): readonly Row[] {
    const rows: Row[] = [];
    let bytes = 0;
    for (let at = this.#at(from); at < this.#rows.length && bytes < length; at++) {
      const row = this.#rows[at] as Row;
      if (row.last >= to) break;
      rows.push(row);
      bytes += row.bytes.length;
    }
    return rows;
  }

  /** Lets go of the rows before an offset. */
  forget(before: number): void {
    if (before <= this.#begin) return;
    this.#begin = before;
    this.#from = this.#at(before);
    if (this.#from < 1_000 || 2 * this.#from < this.#rows.length) return;
    this.#rows.splice(0, this.#from);
    this.#from = 0;
  }

  /** Where the first row is that ends at this offset or after. */
  #at(offset: number): number {
    let low = this.#from;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle] as Row).last < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
