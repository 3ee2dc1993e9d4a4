import { type Admin, type Clock, type Plan, type Position, partitionId, repartitionTopic } from '@kstreams/core/graph';

/**
 * Deletes committed records of repartition topics, which have unlimited retention. A failed purge is retried with the next
 * one and never fails a commit.
 */
export class RepartitionPurge {
  readonly #topics: ReadonlySet<string>;
  readonly #admin: Admin;
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #waiting = new Map<string, Position>();
  #last: number;

  /** `interval` is in ms. */
  constructor(plan: Plan, admin: Admin, clock: Clock, interval: number) {
    this.#topics = new Set(plan.repartitions.map((one) => repartitionTopic(plan.name, one)));
    this.#admin = admin;
    this.#clock = clock;
    this.#interval = interval;
    this.#last = clock.monotonic();
  }

  /** Adds committed offsets, and purges up to them once per interval. */
  async committed(offsets: readonly Position[]): Promise<void> {
    for (const position of offsets) {
      if (this.#topics.has(position.topic)) this.#waiting.set(partitionId(position), position);
    }
    if (this.#waiting.size === 0 || this.#clock.monotonic() < this.#last + this.#interval) return;
    this.#last = this.#clock.monotonic();
    const before = [...this.#waiting.values()].map(({ topic, partition, offset }) => ({ topic, partition, offset }));
    this.#waiting.clear();
    try {
      await this.#admin.purge(before);
    } catch {
      // The next purge covers them.
      for (const one of before) this.#waiting.set(partitionId(one), one);
    }
  }
}
