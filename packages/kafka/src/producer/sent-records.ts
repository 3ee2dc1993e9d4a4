import type { Outgoing } from '@kstreams/core/graph';

/**
 * The produced records without a report, each by a small number. The client gets the number: it never frees what it got
 * with a record that has no report when the producer closes.
 */
export class SentRecords {
  readonly #records: (Outgoing | undefined)[] = [];
  /** The numbers that are free. */
  readonly #free: number[] = [];

  /** Adds a record and returns its number. */
  add(record: Outgoing): number {
    const number = this.#free.pop() ?? this.#records.length;
    this.#records[number] = record;
    return number;
  }

  /** Removes the record of a number and returns it. */
  take(number: number): Outgoing | undefined {
    const record = this.#records[number];
    this.#records[number] = undefined;
    this.#free.push(number);
    return record;
  }
}
