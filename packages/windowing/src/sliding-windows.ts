import type { Row, StreamRecord } from '@kstreams/core/graph';
import type { Aggregation, Place } from './window-kind.js';
import type { WindowTable } from './window-table.js';

/**
 * Places records in sliding windows, as Kafka Streams does: each record has a window that ends with it and one that begins
 * a millisecond after it, but a window is only there if its records are not those of another. So a record is added to
 * all windows around it, and makes up to three: its own on the left, its own on the right if later records are there, and
 * that on the right of the record before it. Windows that would begin before 1970 are one, from 0.
 */
export const slidingWindows =
  (difference: number): Place =>
  <K, V, A>(table: WindowTable<K, A>) =>
  (record: StreamRecord<K, V>, aggregation: Aggregation<K, V, A>) => {
    if (table.isClosed(record.timestamp + difference)) return table.late();
    const around = new Around(table, record, aggregation, difference);
    if (record.timestamp < difference) placeEarly(around);
    else placeInOrder(around);
  };

/** A record among the windows of its key. */
class Around<K, V, A> {
  readonly at: number;
  readonly difference: number;
  readonly #table: WindowTable<K, A>;
  readonly #record: StreamRecord<K, V>;
  readonly #aggregation: Aggregation<K, V, A>;

  constructor(
    table: WindowTable<K, A>,
    record: StreamRecord<K, V>,
    aggregation: Aggregation<K, V, A>,
    difference: number,
  ) {
    this.at = record.timestamp;
    this.difference = difference;
    this.#table = table;
    this.#record = record;
    this.#aggregation = aggregation;
  }

  /** The starts of the windows that may touch the record, ascending, with their rows. */
  windows(from: number): (readonly [start: number, row: Row<A>])[] {
    const { rows } = this.#table;
    const { key } = this.#record;
    return rows.find(key, from, this.at + 1).flatMap(({ start, end }) => {
      const row = rows.get(key, start, end);
      return row === undefined ? [] : [[start, row] as const];
    });
  }

  /** Adds the record to a window, whose aggregate so far is that of the window that starts at `like`, if of any. */
  add(start: number, like: number | undefined, at = 0): void {
    const end = start + this.difference;
    if (this.#table.isClosed(end)) {
      this.#table.late();
      return;
    }
    const { key, value, timestamp } = this.#record;
    const { rows } = this.#table;
    const { add, begin } = this.#aggregation;
    // Always a copy: rows of two windows may hold one value.
    const so = like === undefined ? undefined : rows.draft(key, like, like + this.difference, true);
    // As in Kafka Streams, the value before a new window's first one is what its aggregate begins with.
    const old = like === undefined ? begin() : rows.get(key, like, like + this.difference)?.value;
    this.#table.update(start, end, add(so ?? begin(), value, key) ?? undefined, Math.max(timestamp, at), old);
  }

  /** Makes the window on the record's right, which holds what those around it held without it. */
  makeRight({ value, timestamp }: Row<A>): void {
    const start = this.at + 1;
    this.#table.update(start, start + this.difference, value, timestamp, undefined);
  }
}

const placeInOrder = <K, V, A>(around: Around<K, V, A>): void => {
  const { at, difference } = around;
  const starts = new Set<number>();
  let hasLeft = false;
  let hasRight = false;
  let right: Row<A> | undefined;
  let left: number | undefined;
  let previous: number | undefined;
  for (const [start, row] of around.windows(Math.max(0, at - 2 * difference)).reverse()) {
    starts.add(start);
    const end = start + difference;
    if (start === at + 1) {
      hasRight = true;
    } else if (end > at) {
      right ??= row;
      around.add(start, start, row.timestamp);
    } else if (end === at) {
      hasLeft = true;
      around.add(start, start, row.timestamp);
      if (row.timestamp >= at) return;
      previous = row.timestamp;
    } else {
      left = start;
      previous = row.timestamp;
      break;
    }
  }
  if (previous !== undefined && !starts.has(previous + 1) && previous + 1 + difference >= at) {
    around.add(previous + 1, undefined);
  }
  if (!hasLeft) {
    const holdsPrevious = previous !== undefined && at - difference <= previous;
    around.add(at - difference, holdsPrevious ? left : undefined);
  }
  if (!hasRight && right !== undefined && right.timestamp > at) around.makeRight(right);
};

/** A record from before the difference: its left window is the one from 0, which all such records share. */
const placeEarly = <K, V, A>(around: Around<K, V, A>): void => {
  const { at } = around;
  const starts = new Set<number>();
  let hasRight = false;
  let right: Row<A> | undefined;
  let first: Row<A> | undefined;
  for (const [start, row] of around.windows(0)) {
    starts.add(start);
    if (start === 0) {
      first = row;
    } else if (start === at + 1) {
      hasRight = true;
    } else {
      right = row;
      around.add(start, start, row.timestamp);
    }
  }
  if (right === undefined && first !== undefined && first.timestamp > at) right = first;
  if (!hasRight && right !== undefined && right.timestamp > at) around.makeRight(right);
  const previous = first !== undefined && first.timestamp < at ? first.timestamp : undefined;
  if (previous !== undefined && !starts.has(previous + 1)) around.add(previous + 1, undefined);
  around.add(0, first && 0, first?.timestamp);
};
