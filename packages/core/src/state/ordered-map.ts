/** The number of ids in a full block. Smaller blocks are cheaper to insert into, larger ones are fewer. */
const blockLength = 512;

/**
 * A map with its ids in order. Ids of `bytesToId` are in the unsigned order of their bytes. A read is one hash lookup; a new
 * id costs two binary searches and a move within one block.
 */
export class OrderedMap<V> {
  readonly #values = new Map<string, V>();
  /** All ids, ascending, in non-empty blocks. */
  readonly #blocks: string[][] = [];
  /** The number of changes of the set of ids. After a change, a walk looks up its position again. */
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

  /** Removes an id; returns false when it does not exist. */
  delete(id: string): boolean {
    if (!this.#values.delete(id)) return false;
    const at = this.#blockOf(id);
    const block = this.#blocks[at] as string[];
    block.splice(firstFrom(block, id), 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
    this.#changes++;
    return true;
  }

  /** Removes the ids with `from <= id < to`, block by block. */
  deleteRange(from: string, to: string): void {
    let at = this.#blockOf(from);
    for (let block = this.#blocks[at]; block !== undefined && (block[0] as string) < to; block = this.#blocks[at]) {
      const first = firstFrom(block, from);
      const removed = block.splice(first, Math.max(0, firstFrom(block, to) - first));
      for (const id of removed) this.#values.delete(id);
      if (block.length > 0) at++;
      else this.#blocks.splice(at, 1);
    }
    this.#changes++;
  }

  clear(): void {
    this.#values.clear();
    this.#blocks.length = 0;
    this.#changes++;
  }

  /**
   * Returns the entries with `from <= id < to`, ascending; up to the last without `to`. The map may change during the walk,
   * which continues after the last id it returned.
   */
  *walk(from = '', to?: string): Generator<readonly [id: string, value: V], void, undefined> {
    let at = this.#blockOf(from);
    let index = firstFrom(this.#blocks[at] ?? [], from);
    let changes = this.#changes;
    for (let block = this.#blocks[at]; block !== undefined; block = this.#blocks[at]) {
      const id = block[index];
      if (id === undefined) {
        at++;
        index = 0;
        continue;
      }
      if (to !== undefined && id >= to) return;
      yield [id, this.#values.get(id) as V];
      if (changes === this.#changes) index++;
      else {
        changes = this.#changes;
        at = this.#blockOf(id);
        const moved = this.#blocks[at] ?? [];
        index = firstFrom(moved, id);
        if (moved[index] === id) index++;
      }
    }
  }

  /** Returns the greatest id with `from <= id < to`, or `undefined` without one. */
  last(from: string, to: string): string | undefined {
    const at = this.#blockOf(to);
    const block = this.#blocks[at] ?? [];
    const index = firstFrom(block, to);
    const id = index > 0 ? block[index - 1] : this.#blocks[at - 1]?.at(-1);
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
    const index = firstFrom(block, id);
    if (block.length < blockLength) block.splice(index, 0, id);
    else if (index === block.length) this.#blocks.splice(at + 1, 0, [id]);
    else {
      const upper = block.splice(blockLength / 2);
      this.#blocks.splice(at + 1, 0, upper);
      if (index <= block.length) block.splice(index, 0, id);
      else upper.splice(index - block.length, 0, id);
    }
  }

  /** Returns the index of the block for an id: the last block that begins at or before it. */
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

/** Returns the index of the first id that is not below `id`. */
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
