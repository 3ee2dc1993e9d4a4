import type { Clock } from '@kstreams/core/graph';
import { compact, needsCompaction } from './compaction.js';
import type { PartitionLog } from './partition-log.js';
import { expire } from './retention.js';

/** How long the background waits from one look at all partitions to the next, in ms. */
const interval = 15_000;

/**
 * Deletes and compacts what topics no longer keep, one partition at a time and in steps between which others get their
 * turn. It has no timer: whoever reads or writes lets it look at the clock, and a log that nobody uses needs no cleaning.
 */
export class Cleaner {
  readonly #logs: () => Iterable<PartitionLog>;
  readonly #clock: Clock;
  #due: number;
  #closed = false;
  /** The last work; each waits for the one before, so that no two change the same rows. */
  #working: Promise<void> = Promise.resolve();

  constructor(logs: () => Iterable<PartitionLog>, clock: Clock) {
    this.#logs = logs;
    this.#clock = clock;
    this.#due = clock.now() + interval;
  }

  /** Cleans in the background what is worth it, when it is time. */
  tend(): void {
    const now = this.#clock.now();
    if (now < this.#due || this.#closed) return;
    this.#due = now + interval;
    // What fails is tried again next time; a database that fails tells those who read and write.
    this.#inTurn(() => this.#cleanAll(needsCompaction)).catch(() => {});
  }

  /** Cleans all that can be cleaned now. */
  clean(): Promise<void> {
    return this.#inTurn(() => this.#cleanAll(() => true));
  }

  /** Deletes the records of a partition before an offset. */
  purge(log: PartitionLog, before: number): Promise<void> {
    return this.#inTurn(() => log.purge(before));
  }

  /** Resolves when it has stopped, after the step it is at. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
  }

  async #cleanAll(worthwhile: (log: PartitionLog, now: number) => boolean): Promise<void> {
    const now = this.#clock.now();
    const stopped = (): boolean => this.#closed;
    for (const log of this.#logs()) {
      if (stopped()) return;
      await expire(log, now);
      if (log.config.compacted && worthwhile(log, now)) await compact(log, now, stopped);
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#working.then(work);
    this.#working = turn.catch(() => {});
    return turn;
  }
}
