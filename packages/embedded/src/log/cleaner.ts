import type { Clock } from '@kstreams/core/graph';
import { compact, needsCompaction } from './compaction.js';
import type { PartitionLog } from './partition-log.js';
import { expire } from './retention.js';

/** Interval of background cleaning, in ms. */
const interval = 15_000;

/**
 * Deletes and compacts records by the settings of their topics, one partition at a time, in steps that let reads and
 * writes through. It has no timer: reads and writes call {@link tend}, and an unused log needs no cleaning.
 */
export class Cleaner {
  readonly #logs: () => Iterable<PartitionLog>;
  readonly #clock: Clock;
  /** The monotonic time of the next cleaning, in ms. */
  #due: number;
  #closed = false;
  /** The last job. Jobs run one after the other, so that two never change the same rows. */
  #working: Promise<void> = Promise.resolve();

  constructor(logs: () => Iterable<PartitionLog>, clock: Clock) {
    this.#logs = logs;
    this.#clock = clock;
    this.#due = clock.monotonic() + interval;
  }

  /** Starts background cleaning when the interval has passed. */
  tend(): void {
    const now = this.#clock.monotonic();
    if (now < this.#due || this.#closed) return;
    this.#due = now + interval;
    // A failure is retried at the next interval; a failing storage also fails reads and writes, which report it.
    this.#enqueue(() => this.#cleanAll(needsCompaction)).catch(() => {});
  }

  /** Cleans every partition now. */
  clean(): Promise<void> {
    return this.#enqueue(() => this.#cleanAll(() => true));
  }

  /** Deletes the records of a partition before an offset. */
  purge(log: PartitionLog, before: number): Promise<void> {
    return this.#enqueue(() => log.purge(before));
  }

  /** Stops after the current step. */
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

  #enqueue(job: () => Promise<void>): Promise<void> {
    const result = this.#working.then(job);
    // The caller has the error; the next job runs regardless.
    this.#working = result.catch(() => {});
    return result;
  }
}
