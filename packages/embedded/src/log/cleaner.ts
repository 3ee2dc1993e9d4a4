import type { Clock } from '@kstreams/core/graph';
import { compact, needsCompaction } from './compaction.js';
import type { PartitionLog } from './partition-log.js';
import { expire } from './retention.js';

/** Interval of background cleaning, in ms. */
const interval = 15_000;

/** The partitions of a log, for its cleaner. */
export interface Cleanable {
  logs(): Iterable<PartitionLog>;
  /** Returns the first offset that a running group has not committed; `Infinity` without one. */
  unread(log: PartitionLog): number;
}

/**
 * Deletes and compacts records by the settings of their topics, one partition at a time, in steps that let reads and
 * writes through. It has no timer: reads and writes call {@link tend}, and an unused log needs no cleaning.
 */
export class Cleaner {
  readonly #partitions: Cleanable;
  readonly #clock: Clock;
  /** The monotonic time of the next cleaning, in ms. */
  #due: number;
  #closed = false;
  /** The last cleaning. Cleanings run one after the other. */
  #cleaning: Promise<void> = Promise.resolve();
  /** The last job of a partition, so that two never change the same rows. A purge waits for no other partition. */
  readonly #jobs = new Map<PartitionLog, Promise<void>>();

  constructor(partitions: Cleanable, clock: Clock) {
    this.#partitions = partitions;
    this.#clock = clock;
    this.#due = clock.monotonic() + interval;
  }

  /** Starts background cleaning when the interval has passed. */
  tend(): void {
    const now = this.#clock.monotonic();
    if (now < this.#due || this.#closed) return;
    this.#due = now + interval;
    // A failure is retried at the next interval; what fails also fails reads and writes, which report it.
    this.#clean(needsCompaction).catch(() => {});
  }

  /** Cleans every partition now; rejects with the first failure, after the other partitions. */
  clean(): Promise<void> {
    return this.#clean(() => true);
  }

  /** Deletes the records of a partition before an offset. */
  purge(log: PartitionLog, before: number): Promise<void> {
    return this.#enqueue(log, () => log.purge(before));
  }

  /** Stops after the current step. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#cleaning;
    await Promise.all(this.#jobs.values());
  }

  #clean(worthwhile: (log: PartitionLog, now: number) => boolean): Promise<void> {
    const result = this.#cleaning.then(() => this.#cleanAll(worthwhile));
    // The caller has the error; the next cleaning runs regardless.
    this.#cleaning = result.catch(() => {});
    return result;
  }

  async #cleanAll(worthwhile: (log: PartitionLog, now: number) => boolean): Promise<void> {
    const now = this.#clock.now();
    const failures: unknown[] = [];
    for (const log of this.#partitions.logs()) {
      // Damage in one partition must not let the others grow.
      await this.#enqueue(log, () => this.#cleanOne(log, now, worthwhile)).catch((thrown) => failures.push(thrown));
    }
    if (failures.length > 0) throw failures[0];
  }

  async #cleanOne(log: PartitionLog, now: number, worthwhile: (log: PartitionLog, now: number) => boolean) {
    const stopped = (): boolean => this.#closed;
    if (stopped()) return;
    await expire(log, now, this.#partitions.unread(log));
    if (log.config.compacted && worthwhile(log, now)) await compact(log, now, stopped);
  }

  #enqueue(log: PartitionLog, job: () => Promise<void>): Promise<void> {
    const result = (this.#jobs.get(log) ?? Promise.resolve()).then(job);
    // The caller has the error; the next job runs regardless.
    const settled = result
      .catch(() => {})
      .then(() => {
        if (this.#jobs.get(log) === settled) this.#jobs.delete(log);
      });
    this.#jobs.set(log, settled);
    return result;
  }
}
