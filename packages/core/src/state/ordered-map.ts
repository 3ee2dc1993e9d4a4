/** How many ids a block holds before it is split: small enough to be cheap to insert into, large enough to be few. */
const blockLength = 512;

/**
 * A map whose ids can also be walked in order. Ids made by `bytesToId` are in the unsigned order of their bytes. Reading
 * is one hash lookup; an id that is new costs two binary searches and a move within one block.
 */
export class OrderedMap<V> {
  readonly #values = new Map<string, V>();
  /** All ids, ascending, in blocks of which none is empty. */
  readonly #blocks: string[][] = [];
  /** Counts changes of the set of ids, so that a walk knows when its place has moved. */
  #changes = 0;

  get size(): number {
    return this.#values.size;
  }

  get(id: string): V | undefined {
    return this.#values.get(id);
  }

  has(id: string): boolean {
    return this.#values.has(id);
  }

  /** Sets the value of an id. */
  set(id: string, value: V): void {
    const { size } = this.#values;
    this.#values.set(id, value);
    if (this.#values.size > size) this.#insert(id);
  }

  /** Removes an id; false when it was not there. */
  delete(id: string): boolean {
    if (!this.#values.delete(id)) return false;
    const at = this.#blockOf(id);
    const block = this.#blocks[at] as string[];
    block.splice(firstFrom(block, id), 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
    this.#changes++;
    return true;
  }

  clear(): void {
    this.#values.clear();
    this.#blocks.length = 0;
    this.#changes++;
  }

  /**
   * The entries with `from <= id < to`, ascending; to the last when `to` is left out. The map may change meanwhile: the
   * walk goes on behind the id it gave last, with what is there then.
   */
  *walk(from = '', to?: string): Generator<readonly [id: string, value: V], void, undefined> {
    let at = this.#blockOf(from);
    let place = firstFrom(this.#blocks[at] ?? [], from);
    let changes = this.#changes;
    for (let block = this.#blocks[at]; block !== undefined; block = this.#blocks[at]) {
      const id = block[place];
      if (id === undefined) {
        at++;
        place = 0;
        continue;
      }
      if (to !== undefined && id >= to) return;
      yield [id, this.#values.get(id) as V];
      if (changes === this.#changes) place++;
      else {
        changes = this.#changes;
        at = this.#blockOf(id);
        const moved = this.#blocks[at] ?? [];
        place = firstFrom(moved, id);
        if (moved[place] === id) place++;
      }
    }
  }

  /** Returns the greatest id with `from <= id < to`, or `undefined` without one. */
  last(from: string, to: string): string | undefined {
    const at = this.#blockOf(to);
    const block = this.#blocks[at] ?? [];
    const place = firstFrom(block, to);
    const id = place > 0 ? block[place - 1] : this.#blocks[at - 1]?.at(-1);
    return id !== undefined && id >= from ? id : undefined;
  }

  #insert(id: string): void {
    this.#changes++;
    const at = this.#blockOf(id);
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push([id]);
      return;
    }
    const place = firstFrom(block, id);
    if (block.length < blockLength) block.splice(place, 0, id);
    else if (place === block.length) this.#blocks.splice(at + 1, 0, [id]);
    else {
      const upper = block.splice(blockLength / 2);
      this.#blocks.splice(at + 1, 0, upper);
      if (place <= block.length) block.splice(place, 0, id);
      else upper.splice(place - block.length, 0, id);
    }
  }

  /** The block that an id is in or belongs into: the last that begins at or before it. */
  #blockOf(id: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (((this.#blocks[middle] as string[])[0] as string) <= id) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** The place of the first id that is not below `id`. */
const firstFrom = (ids: readonly string[], id: string): number => {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] as string) < id) low = middle + 1;
    else high = middle;
  }
  return low;
};
