/**
 * Thrown by a synchronous step that needs something that is not loaded yet, such as a state row. The runtime rolls back
 * the record and processes it again once `until` settles.
 *
 * @example
 * get(key) {
 *   if (!this.loaded(key)) throw new Pending(this.fetch(key))
 *   return this.rows.get(key)
 * }
 */
export class Pending extends Error {
  /** Resolves once the step may be tried again; rejects when it cannot be loaded. */
  readonly until: Promise<unknown>;

  constructor(until: Promise<unknown>) {
    super('a value is needed that is not loaded yet');
    this.name = 'Pending';
    this.until = until;
    // A rejection reaches those that await `until`; without any it is no unhandled one.
    until.catch(() => {});
  }
}

/** Runs a step, again whenever a value that it needs is loaded. Rejects when a value cannot be loaded. */
export const retryPending = async <T>(step: () => T): Promise<T> => {
  for (;;) {
    try {
      return step();
    } catch (thrown) {
      if (!(thrown instanceof Pending)) throw thrown;
      await thrown.until;
    }
  }
};
