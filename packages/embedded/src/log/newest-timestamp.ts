/**
 * The largest timestamp of the committed records that were appended to a partition since it was opened, in ms; `-Infinity`
 * before the first. It may be lower than that of older records, which keeps records for longer.
 */
export class NewestTimestamp {
  #value = Number.NEGATIVE_INFINITY;
  /** The largest timestamps of open transactions. */
  readonly #open = new Map<number, number>();

  get value(): number {
    return this.#value;
  }

  /** Adds appended records by their largest timestamp. `transaction` is 0 without one. */
  add(transaction: number, timestamp: number): void {
    if (transaction === 0) this.#value = Math.max(this.#value, timestamp);
    else this.#open.set(transaction, Math.max(this.#open.get(transaction) ?? timestamp, timestamp));
  }

  /** Ends a transaction. The records of an aborted one do not count. */
  end(transaction: number, aborted: boolean): void {
    const timestamp = this.#open.get(transaction);
    this.#open.delete(transaction);
    if (timestamp !== undefined && !aborted) this.add(0, timestamp);
  }
}
