import type { PartitionQueue } from './partition-queue.js';

/** A pending wait for records: it resolves when its condition holds. */
interface Waiter {
  readonly holds: () => boolean;
  readonly resolve: () => void;
}

/** The pending flushes and drains of a producer. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();
  #flushes = 0;

  /** True while a flush is pending: batches are sent at once. */
  get flushing(): boolean {
    return this.#flushes > 0;
  }

  /** Resolves when a condition holds; it is checked at each acknowledgement. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ holds, resolve }));
  }

  /** Resolves when the records that the queues hold now are settled, or `ended` is true. */
  async settled(queues: Iterable<PartitionQueue>, ended: () => boolean): Promise<void> {
    const targets = [...queues]
      .map((queue) => ({ queue, until: queue.appended }))
      .filter(({ queue, until }) => queue.settled < until);
    this.#flushes++;
    try {
      await this.until(() => ended() || targets.every(({ queue, until }) => queue.settled >= until));
    } finally {
      this.#flushes--;
    }
  }

  /** Resolves the waits whose conditions hold. */
  check(): void {
    for (const waiter of this.#waiting) {
      if (!waiter.holds()) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }
}
