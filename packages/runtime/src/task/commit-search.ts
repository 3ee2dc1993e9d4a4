import type { Position } from '@kstreams/core/graph';

/** The divisor of the number of records in a commit after a refused one. */
const parts = 8;
/** Number of records in a commit from which it is unlimited again. */
const unlimitedFrom = 100_000;

/**
 * Searches the record whose rows a changelog refuses, since the log does not name it. Commits a part of the records at a time,
 * fewer after each refusal, until the work of one record is refused alone. Then commits grow again.
 */
export class CommitSearch {
  #limit = Number.POSITIVE_INFINITY;
  #count = 0;
  /** The record of the first of them; undefined for a punctuation. */
  #first: Position | undefined;
  #mixed = false;
  /** Number of records of the refused commit that are not committed yet. */
  #remaining = 0;

  /** Number of pieces of work since the last commit. */
  get count(): number {
    return this.#count;
  }

  /** True while commits are limited. */
  get active(): boolean {
    return this.#limit !== Number.POSITIVE_INFINITY;
  }

  /** True when a commit must precede the next record. */
  get full(): boolean {
    return this.#count >= this.#limit;
  }

  /** The record that caused all work since the last commit; undefined if there are several, or punctuations. */
  get only(): Position | undefined {
    return this.#mixed ? undefined : this.#first;
  }

  /** Counts a piece of work: of a record, or of a punctuation without one. */
  began(record: Position | undefined): void {
    if (this.#count++ === 0) this.#first = record;
    else if (record !== this.#first && !isSame(record, this.#first)) this.#mixed = true;
  }

  /** Ends the search with its record. */
  found(): void {
    if (!this.active) return;
    this.#limit = parts;
    this.#remaining = 0;
  }

  /** Limits the next commits to a part of the refused one. Returns false when it had a single piece of work. */
  refused(): boolean {
    const narrows = this.#count > 1;
    this.#limit = Math.max(1, Math.floor(this.#count / parts));
    this.#remaining = this.#count;
    return narrows;
  }

  /** Raises the limit after a commit, once all records of the refused commit are committed. */
  committed(): void {
    if (this.active) {
      this.#remaining -= this.#count;
      if (this.#remaining <= 0) this.#limit *= parts;
      if (this.#limit > unlimitedFrom) this.#limit = Number.POSITIVE_INFINITY;
    }
    this.restart();
  }

  /** Forgets the work since the last commit. */
  restart(): void {
    this.#count = 0;
    this.#first = undefined;
    this.#mixed = false;
  }
}

const isSame = (one: Position | undefined, other: Position | undefined): boolean =>
  one?.offset === other?.offset && one?.partition === other?.partition && one?.topic === other?.topic;
