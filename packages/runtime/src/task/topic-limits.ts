import { type Clock, type Outgoing, ProductionError, recordSize, systemClock } from '@kstreams/core/graph';

/** The least distances of timestamps from the wall clock, ahead and behind, that a topic refuses, in ms. */
interface Distances {
  readonly ahead: number;
  readonly behind: number;
}

/**
 * The time by which a timestamp may be nearer than a refused one and count as refused too, in ms: the clock goes on while a
 * record is sent.
 */
const tolerance = 60_000;

/**
 * Sizes and timestamps that topics refuse: by the limit of the log's clients, and by what a topic refused of a record that was
 * sent alone. A record that is larger, or has a timestamp as far from the wall clock, is not sent.
 */
export class TopicLimits {
  /** The size of the largest record that the log's clients send. */
  readonly clientSize: number;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #sizes = new Map<string, number>();
  readonly #distances = new Map<string, Distances>();

  constructor(clientSize = Number.POSITIVE_INFINITY, clock: Pick<Clock, 'now'> = systemClock) {
    this.clientSize = clientSize;
    this.#clock = clock;
  }

  /** True when topics have refused records alone. */
  get learned(): boolean {
    return this.#sizes.size + this.#distances.size > 0;
  }

  /** Returns the size of the largest record that a topic takes, if it is known; else Infinity. */
  size(topic: string): number {
    return this.#sizes.get(topic) ?? this.clientSize;
  }

  /**
   * Checks a record before it is sent to a topic with a cleanup policy.
   *
   * @throws ProductionError when the topic is known to refuse it.
   */
  check(record: Omit<Outgoing, 'partition'>, cleanup: string | undefined): void {
    const { key, timestamp, topic } = record;
    if (key === null && cleanup === 'compact') {
      throw new ProductionError(`topic "${topic}" is compacted and takes no record without a key: give it one`, {});
    }
    const size = recordSize(record);
    const largest = this.size(topic);
    if (size > largest) {
      const why = `a record of ${size} bytes for topic "${topic}" is too large, since ${largest} is the limit`;
      throw new ProductionError(`${why}: write less in one record, or raise the limit of the log and its clients`, {});
    }
    const { ahead, behind } = this.#distances.get(topic) ?? nothingRefused;
    const distance = timestamp - this.#clock.now();
    if (distance < ahead && -distance < behind) return;
    const [where, setting] = distance > 0 ? ['ahead of', 'after'] : ['behind', 'before'];
    throw new ProductionError(
      `the timestamp ${timestamp} is ${Math.abs(distance)} ms ${where} the clock, and topic "${topic}" refused one as far: ` +
        `correct it, or raise message.timestamp.${setting}.max.ms`,
      {},
    );
  }

  /** Remembers that a topic refused a record for its size. */
  refusedSize(topic: string, size: number): void {
    if (size <= this.size(topic)) this.#sizes.set(topic, size - 1);
  }

  /** Remembers that a topic refused a record for its timestamp. */
  refusedTimestamp(topic: string, timestamp: number): void {
    const distance = timestamp - this.#clock.now();
    const { ahead, behind } = this.#distances.get(topic) ?? nothingRefused;
    const refused = Math.max(0, Math.abs(distance) - tolerance);
    this.#distances.set(
      topic,
      distance > 0 ? { ahead: Math.min(ahead, refused), behind } : { ahead, behind: Math.min(behind, refused) },
    );
  }
}

const nothingRefused: Distances = { ahead: Number.POSITIVE_INFINITY, behind: Number.POSITIVE_INFINITY };
