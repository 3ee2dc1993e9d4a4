/**
 * Thrown by a synchronous step when a value is not loaded yet, such as a state row. The runtime rolls back
 * the record and processes it again once `until` settles.
 *
 * @example
 * const read = (key: string) => {
 *   if (!rows.has(key)) throw new Pending(fetchRow(key))
 *   return rows.get(key)
 * }
 */
export class Pending extends Error {
  /** Resolves once the step may be tried again; rejects when the value cannot be loaded. */
  readonly until: Promise<unknown>;

  constructor(until: Promise<unknown>) {
    super('a value is not loaded yet: wait for `until` and try again');
    this.name = 'Pending';
    this.until = until;
    // A rejection that nothing awaits must not end the process as unhandled.
    until.catch(() => {});
  }
}

/** Runs a step, and again after each value that it waits for. Rejects when a value cannot be loaded. */
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
