import type { Clock, Consumer, TopicPartition } from '@kstreams/core/graph';

/** The time after which committed offsets are committed again, in ms. */
const interval = 60 * 60_000;

/**
 * Commits the offsets of idle partitions again, unchanged. Brokers delete the offset of a partition that no member subscribes to,
 * seven days after its last commit: the group divides the placement topic, not the topics that tasks read. Without its offset
 * a partition would be read from its beginning.
 */
export class OffsetRenewal {
  readonly #clock: Clock;
  #due: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#due = clock.monotonic() + interval;
  }

  /** Commits the offsets of partitions again when an hour has passed. */
  async renewIfDue(
    consumer: Pick<Consumer, 'committed' | 'commit'>,
    partitions: readonly TopicPartition[],
  ): Promise<void> {
    if (this.#clock.monotonic() < this.#due) return;
    this.#due = this.#clock.monotonic() + interval;
    const committed = (await consumer.committed(partitions)).filter((one) => one !== undefined);
    if (committed.length > 0) await consumer.commit(committed);
  }
}
