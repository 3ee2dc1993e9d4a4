/** The paused topics of an application, shared by its workers. */
export class Pauses {
  readonly #topics = new Set<string>();
  #all = false;

  /** True while all topics are paused. */
  get all(): boolean {
    return this.#all;
  }

  /** True while a topic is paused, alone or with all others. */
  has(topic: string): boolean {
    return this.#all || this.#topics.has(topic);
  }

  /** Pauses a topic; all topics without one. */
  pause(topic?: string): void {
    if (topic === undefined) this.#all = true;
    else this.#topics.add(topic);
  }

  /** Resumes a topic; all topics without one. */
  resume(topic?: string): void {
    if (topic !== undefined) {
      this.#topics.delete(topic);
      return;
    }
    this.#all = false;
    this.#topics.clear();
  }
}
