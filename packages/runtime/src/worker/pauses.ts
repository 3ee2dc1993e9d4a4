/** What an application holds back for now: everything, or some topics. Its workers share one. */
export class Pauses {
  readonly #topics = new Set<string>();
  #all = false;

  /** True while nothing at all is processed. */
  get all(): boolean {
    return this.#all;
  }

  /** True while records of a topic are held back. */
  has(topic: string): boolean {
    return this.#all || this.#topics.has(topic);
  }

  /** Holds back a topic, or everything. */
  pause(topic?: string): void {
    if (topic === undefined) this.#all = true;
    else this.#topics.add(topic);
  }

  /** Lets a topic go on, or everything. */
  resume(topic?: string): void {
    if (topic !== undefined) {
      this.#topics.delete(topic);
      return;
    }
    this.#all = false;
    this.#topics.clear();
  }
}
