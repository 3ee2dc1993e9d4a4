/** A row in memory that is clean unless it is `dirty` or `flushed`. */
export interface CachedRow {
  readonly dirty: boolean;
  readonly flushed: boolean;
  /** The generation in which the clean row was used last; -1 before that. */
  generation: number;
}

/** The clean rows of a cache, in two generations of half the limit each. The older one is evicted when the younger is full. */
export class CleanRows<R extends CachedRow> {
  readonly #size: number;
  readonly #evict: (row: R) => void;
  #young: R[] = [];
  #old: R[] = [];
  #generation = 0;

  /** `evict` removes a row from the cache. */
  constructor(limit: number, evict: (row: R) => void) {
    this.#size = Math.max(1, Math.floor(limit / 2));
    this.#evict = evict;
  }

  /** True for a clean row that is evicted next unless it is kept again. */
  isOld({ dirty, flushed, generation }: R): boolean {
    return !dirty && !flushed && generation !== this.#generation;
  }

  /** Adds a row to the younger generation. */
  keep(row: R): void {
    row.generation = this.#generation;
    if (this.#young.length >= this.#size) {
      this.#endGeneration();
      row.generation = this.#generation;
    }
    this.#young.push(row);
  }

  #endGeneration(): void {
    for (const row of this.#old) {
      if (!row.dirty && !row.flushed && row.generation === this.#generation - 1) this.#evict(row);
    }
    this.#old = this.#young;
    this.#young = [];
    this.#generation++;
  }
}
