import { type Admin, type Clock, type Plan, type Position, partitionId, repartitionTopic } from '@kstreams/core/graph';

/**
 * Deletes committed records of repartition topics, which have unlimited retention. Purges run beside the workers, one at a
 * time; a failed one is retried with the next and fails no commit.
 */
export class RepartitionPurge {
  readonly #topics: ReadonlySet<string>;
  readonly #admin: Admin;
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #waiting = new Map<string, Position>();
  #last: number;
  #purging: Promise<void> | undefined;

  /** `interval` is in ms. */
  constructor(plan: Plan, admin: Admin, clock: Clock, interval: number) {
    this.#topics = new Set(plan.repartitions.map((one) => repartitionTopic(plan.name, one)));
    this.#admin = admin;
    this.#clock = clock;
    this.#interval = interval;
    this.#last = clock.monotonic();
  }

  /** Adds committed offsets, and begins to purge up to them once per interval. */
  committed(offsets: readonly Position[]): void {
    for (const position of offsets) {
      if (this.#topics.has(position.topic)) this.#waiting.set(partitionId(position), position);
    }
    const due = this.#clock.monotonic() >= this.#last + this.#interval;
    if (this.#waiting.size === 0 || !due || this.#purging !== undefined) return;
    this.#last = this.#clock.monotonic();
    const before = [...this.#waiting.values()].map(({ topic, partition, offset }) => ({ topic, partition, offset }));
    this.#waiting.clear();
    this.#purging = this.#purge(before).finally(() => {
      this.#purging = undefined;
    });
  }

  /** Waits for a purge that runs. */
  async close(): Promise<void> {
    await this.#purging;
  }

  async #purge(before: readonly Position[]): Promise<void> {
    try {
      await this.#admin.purge(before);
    } catch {
      // The next purge covers them.
      for (const one of before) {
        if (!this.#waiting.has(partitionId(one))) this.#waiting.set(partitionId(one), one);
      }
    }
  }
}
