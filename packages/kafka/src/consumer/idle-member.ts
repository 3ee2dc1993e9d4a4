import type { Clock } from '@kstreams/core/graph';

/** The pause between two requests, in ms. */
const pause = 1_000;

/** The parts of an {@link IdleMember}. */
export interface IdleMemberOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** True when the group has no partitions for this member. */
  readonly isIdle: () => Promise<boolean>;
  /** Called once when it has none. */
  readonly found: () => void;
}

/**
 * Finds out that a new member gets no partitions. librdkafka reports an empty first assignment only where the members assign
 * the partitions, not where the brokers do (KIP-848).
 */
export class IdleMember {
  readonly #options: IdleMemberOptions;
  #nextAt: number;
  #ended = false;

  constructor(options: IdleMemberOptions) {
    this.#options = options;
    this.#nextAt = options.clock.monotonic() + pause;
  }

  /** Requests the state of the group, from time to time. Called at each poll. */
  check(): void {
    const now = this.#options.clock.monotonic();
    if (this.#ended || now < this.#nextAt) return;
    this.#nextAt = Number.POSITIVE_INFINITY;
    void this.#request();
  }

  /** Ends it: the member got partitions, or is closed. */
  end(): void {
    this.#ended = true;
  }

  async #request(): Promise<void> {
    const { clock, found, isIdle } = this.#options;
    // A failed request is repeated.
    const idle = await isIdle().catch(() => false);
    this.#nextAt = clock.monotonic() + pause;
    if (!idle || this.#ended) return;
    this.#ended = true;
    found();
  }
}
