import { backoff, positionId, StreamsError } from '@kstreams/core/graph';

/** The number of restarts in a row, or because of the same record, after which a worker fails. */
const maxRestarts = 10;

/**
 * Limits the restarts of a worker. The first restart in a row is immediate, further ones wait from 100 ms up to 10 s, and
 * the eleventh fails the worker. Restarts because of the same record count together even when commits lie between them.
 */
export class RestartPolicy {
  readonly #byRecord = new Map<string, number>();
  #inRow = 0;

  /** Returns the pause before a restart, in ms; throws the error that caused it when the limit is exceeded. */
  next(thrown: unknown): number {
    const count = Math.max(++this.#inRow, this.#countRecord(thrown));
    if (count > maxRestarts) throw thrown;
    return count === 1 ? 0 : backoff(count - 1, { longest: '10s' });
  }

  /** Begins a new row, because work was committed. */
  succeeded(): void {
    this.#inRow = 0;
  }

  #countRecord(thrown: unknown): number {
    if (!(thrown instanceof StreamsError) || thrown.location.offset === undefined) return 0;
    const { offset, partition = -1, topic = '' } = thrown.location;
    const id = positionId({ topic, partition, offset });
    const count = (this.#byRecord.get(id) ?? 0) + 1;
    this.#byRecord.set(id, count);
    return count;
  }
}
