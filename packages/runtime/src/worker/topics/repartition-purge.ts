import { type Admin, type Clock, type Plan, type Position, partitionId, repartitionTopic } from '@kstreams/core/graph';

/**
 * Deletes committed records of repartition topics, which have unlimited retention. Purges run beside the workers, one at a
 * time; a failed one is retried with the next and fails no commit. The first failure in a row is reported.
 */
export class RepartitionPurge {
  readonly #topics: ReadonlySet<string>;
  readonly #admin: Admin;
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #waiting = new Map<string, Position>();
  readonly #failed: (error: Error, topics: readonly string[]) => void;
  #last: number;
  #failing = false;
  #purging: Promise<void> | undefined;

  /** `interval` is in ms. `failed` receives the first failure in a row. */
  constructor(
    plan: Plan,
    admin: Admin,
    clock: Clock,
    interval: number,
    failed: (error: Error, topics: readonly string[]) => void,
  ) {
    this.#failed = failed;
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
      this.#failing = false;
    } catch (thrown) {
      if (!this.#failing) this.#failed(errorOf(thrown), [...new Set(before.map(({ topic }) => topic))]);
      this.#failing = true;
      // The next purge covers them.
      for (const one of before) {
        if (!this.#waiting.has(partitionId(one))) this.#waiting.set(partitionId(one), one);
      }
    }
  }
}

const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
