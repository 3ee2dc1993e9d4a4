/** Lets commits run at the same time, and exclusive work alone. */
export class CommitGate {
  readonly #commits = new Set<Promise<unknown>>();
  #exclusive: Promise<unknown> | undefined;

  /** Runs a commit, once no exclusive work is under way. */
  async commit<T>(work: () => Promise<T>): Promise<T> {
    while (this.#exclusive !== undefined) await this.#exclusive;
    const done = work();
    // The caller receives the error.
    const settled = done.catch(() => {});
    this.#commits.add(settled);
    try {
      return await done;
    } finally {
      this.#commits.delete(settled);
    }
  }

  /** Runs work alone: after the commits under way, and before later ones. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    while (this.#exclusive !== undefined) await this.#exclusive;
    const done = Promise.all(this.#commits).then(work);
    this.#exclusive = done.then(
      () => this.#open(),
      () => this.#open(),
    );
    return done;
  }

  #open(): void {
    this.#exclusive = undefined;
  }
}
