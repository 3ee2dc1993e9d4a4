/** A part of an application that runs until it is stopped. */
export interface Part {
  /** Resolves when the part has stopped; rejects when it failed. A part stopped before `run` only releases its resources. */
  run(): Promise<void>;
  stop(): void;
}

/**
 * The running parts of an application and the resources below them, in the order of opening. Parts end first, then
 * resources are released in reverse order.
 */
export class Parts {
  readonly #parts: Part[] = [];
  readonly #releases: (() => Promise<void>)[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** Adds a part. */
  add(part: Part): void {
    this.#parts.push(part);
  }

  /** Adds the release of a resource. */
  onRelease(release: () => Promise<void>): void {
    this.#releases.push(release);
  }

  /** Runs all parts to their end and releases all resources; rejects with the first failure, which stops the other parts. */
  async run(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.run().catch((error: unknown) => this.fail(error))));
    await this.#release();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Stops all parts. */
  stop(): void {
    for (const part of this.#parts) part.stop();
  }

  /** Stops all parts. `run` rejects with the first failure. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.stop();
  }

  /** Releases parts and resources that never ran, because opening the application failed with an error. */
  async abandon(): Promise<void> {
    for (const part of this.#parts) {
      part.stop();
      // The error that made the start fail is thrown instead.
      await part.run().catch(() => {});
    }
    await this.#release();
  }

  async #release(): Promise<void> {
    for (const release of this.#releases.splice(0).reverse()) {
      await release().catch((error: unknown) => this.fail(error));
    }
  }
}
