/** A naive model of tables with a ttl, which holds every row and looks through all of them. */
import type { ClockKind } from '@kstreams/core/graph';

/** A row of the model. */
export interface ModelRow {
  readonly value: number;
  readonly timestamp: number;
}

/** A change that a table forwards; a value of null is a delete. */
export type ModelChange = readonly [key: string, value: number | null, timestamp: number];

/** Rows that end `after` ms after their timestamps. */
export class RowsThatEnd {
  readonly #after: number;
  readonly #clock: ClockKind;
  readonly rows = new Map<string, ModelRow>();

  constructor(after: number, clock: ClockKind) {
    this.#after = after;
    this.#clock = clock;
  }

  /** Deletes the rows that have ended, in the order of instants, then of keys. */
  end(time: Readonly<Record<ClockKind, number>>): readonly ModelChange[] {
    const ended = [...this.rows]
      .map(([key, { timestamp }]): ModelChange => [key, null, timestamp + this.#after])
      .filter(([, , at]) => at <= time[this.#clock])
      .sort(([one, , at], [other, , otherAt]) => at - otherAt || (one < other ? -1 : 1));
    for (const [key] of ended) this.rows.delete(key);
    return ended;
  }

  /** True when a row of this timestamp has ended. */
  ended(timestamp: number, time: Readonly<Record<ClockKind, number>>): boolean {
    return timestamp + this.#after <= time[this.#clock];
  }
}

/** Reads a record as an update of a table. Returns the change that it forwards, if any. */
export const updateTable = (
  table: RowsThatEnd,
  key: string,
  value: number | null,
  timestamp: number,
  time: Readonly<Record<ClockKind, number>>,
): readonly ModelChange[] => {
  const ended = value !== null && table.ended(timestamp, time);
  if (ended && !table.rows.has(key)) return [];
  if (value === null || ended) table.rows.delete(key);
  else table.rows.set(key, { value, timestamp });
  return [[key, ended ? null : value, timestamp]];
};

/** Adds a record to the sum of its key. Returns the change that it forwards, if any. */
export const addToSum = (
  sums: RowsThatEnd,
  key: string,
  value: number,
  timestamp: number,
  time: Readonly<Record<ClockKind, number>>,
): readonly ModelChange[] => {
  const row = sums.rows.get(key);
  const at = Math.max(timestamp, row?.timestamp ?? timestamp);
  if (sums.ended(at, time)) return [];
  const sum = (row?.value ?? 0) + value;
  sums.rows.set(key, { value: sum, timestamp: at });
  return [[key, sum, at]];
};
