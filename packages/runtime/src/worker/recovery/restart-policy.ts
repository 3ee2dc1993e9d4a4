import { backoff, type Clock, messageOf, positionId, StreamsError, TransportError } from '@kstreams/core/graph';

/** The number of restarts in a row, or because of the same record, after which a worker fails. */
const maxRestarts = 10;
/** The number of records with counted restarts, the last ones. */
const maxCounted = 1_000;
/** The time of work without a failure after which a new row of restarts begins, in ms. */
const calmTime = 600_000;

/**
 * Limits the restarts of a worker. The first restart in a row is immediate, further ones wait from 100 ms up to 10 s.
 *
 * While the log is out of reach, restarts are limited by the time since the first one. Others are limited by their number:
 * the eleventh in a row fails the worker. Restarts because of the same record count together even when commits lie between
 * them. A commit begins a new row, and so do ten minutes without a failure.
 */
export class RestartPolicy {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #retryTimeout: number;
  readonly #byRecord = new Map<string, number>();
  /** The monotonic time at which the outage began, in ms. */
  #outage: number | undefined;
  #inRow = 0;
  #counted = 0;
  #last = Number.NEGATIVE_INFINITY;

  /** `retryTimeout` is the longest outage of the log, in ms. */
  constructor(clock: Pick<Clock, 'monotonic'>, retryTimeout: number) {
    this.#clock = clock;
    this.#retryTimeout = retryTimeout;
  }

  /** Returns the pause before a restart, in ms; throws the error that caused it when the limit is exceeded. */
  next(thrown: unknown): number {
    const now = this.#clock.monotonic();
    if (now - this.#last >= calmTime) this.succeeded();
    this.#last = now;
    const ofRecord = this.#countRecord(thrown);
    if (isOutage(thrown)) this.#checkOutage(now, thrown);
    else if (Math.max(++this.#counted, ofRecord) > maxRestarts) throw thrown;
    const count = Math.max(++this.#inRow, ofRecord);
    return count === 1 ? 0 : backoff(count - 1, { longest: '10s' });
  }

  /** Begins a new row, because work was committed. */
  succeeded(): void {
    this.#inRow = 0;
    this.#counted = 0;
    this.#outage = undefined;
  }

  #checkOutage(now: number, thrown: unknown): void {
    this.#outage ??= now;
    if (now - this.#outage < this.#retryTimeout) return;
    const minutes = Math.floor((now - this.#outage) / 60_000);
    throw new TransportError(
      `nothing could be committed for ${minutes} minutes, retryTimeout is over: ${messageOf(thrown)}`,
      {},
      thrown,
    );
  }

  #countRecord(thrown: unknown): number {
    if (!(thrown instanceof StreamsError) || thrown.location.offset === undefined) return 0;
    const { offset, partition = -1, topic = '' } = thrown.location;
    const id = positionId({ topic, partition, offset });
    const count = (this.#byRecord.get(id) ?? 0) + 1;
    this.#byRecord.delete(id);
    this.#byRecord.set(id, count);
    for (const [oldest] of this.#byRecord) {
      if (this.#byRecord.size <= maxCounted) break;
      this.#byRecord.delete(oldest);
    }
    return count;
  }
}

/** True for a failure of the log that has to do with no record and may pass. */
const isOutage = (thrown: unknown): boolean =>
  thrown instanceof TransportError && thrown.retriable && thrown.location.offset === undefined;
