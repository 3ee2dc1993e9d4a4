/**
 * Who holds which task in this process. Workers share one byte store, so a task that moves from one to another opens only
 * once its previous owner has let go.
 */
export class TaskRegistry {
  readonly #held = new Map<string, Promise<void>>();

  /** Waits until nobody holds the task, and holds it until the answer is called. */
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

  /** Resolves when nobody holds any task. */
  async empty(): Promise<void> {
    while (this.#held.size > 0) await Promise.all(this.#held.values());
  }
}
