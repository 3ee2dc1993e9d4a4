/**
 * The tasks that are open in this process. Workers share one byte store, so a task that moves to another worker opens only
 * after its previous owner has closed it.
 */
export class TaskRegistry {
  readonly #held = new Map<string, Promise<void>>();

  /** Waits until a task is free and acquires it. Resolves to its release. */
  async acquire(id: string): Promise<() => void> {
    while (this.#held.has(id)) await this.#held.get(id);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = () => {
        this.#held.delete(id);
        resolve();
      };
    });
    this.#held.set(id, held);
    return release;
  }

  /** Resolves when no task is open. */
  async empty(): Promise<void> {
    while (this.#held.size > 0) await Promise.all(this.#held.values());
  }
}
