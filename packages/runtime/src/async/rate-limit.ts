/** Lets at most so many calls begin within any second: it remembers when the last ones did. */
export class RateLimit {
  readonly #begun: number[];
  #next = 0;

  constructor(perSecond: number) {
    this.#begun = new Array<number>(perSecond).fill(Number.NEGATIVE_INFINITY);
  }

  /** When the next call may begin, in ms. */
  get free(): number {
    return (this.#begun[this.#next] as number) + 1_000;
  }

  /** A call begins. */
  take(now: number): void {
    this.#begun[this.#next] = now;
    this.#next = (this.#next + 1) % this.#begun.length;
  }
}
