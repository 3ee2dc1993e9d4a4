/** First in, first out. A ring: nothing is made or moved while it goes round. */
export class Fifo<T> {
  /** As long as a power of two. */
  #ring: (T | undefined)[] = [undefined, undefined, undefined, undefined];
  #at = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Who is next; `undefined` when there is none. */
  get head(): T | undefined {
    return this.#ring[this.#at];
  }

  /** Who is so many places behind the next; `undefined` when there is none. */
  at(place: number): T | undefined {
    return place < this.#length ? this.#ring[(this.#at + place) & (this.#ring.length - 1)] : undefined;
  }

  /** Puts one at the end. */
  push(one: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#at + this.#length++) & (this.#ring.length - 1)] = one;
  }

  /** Takes who is next. */
  shift(): T | undefined {
    const head = this.#ring[this.#at];
    if (this.#length === 0) return undefined;
    this.#ring[this.#at] = undefined;
    this.#at = (this.#at + 1) & (this.#ring.length - 1);
    this.#length--;
    return head;
  }

  clear(): void {
    while (this.#length > 0) this.shift();
  }

  #grow(): void {
    const ordered = [...this.#ring.slice(this.#at), ...this.#ring.slice(0, this.#at)];
    this.#ring = [...ordered, ...ordered.map(() => undefined)];
    this.#at = 0;
  }
}
