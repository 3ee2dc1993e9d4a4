import { backoff, type Clock, positionId, StreamsError, TransportError, WakeSignal } from '@kstreams/core/graph';

/**
 * Why a worker begins anew: its commit failed, and it goes on from the one before; it was fenced, or it failed and is
 * replaced, and it joins the group again.
 */
export type SetbackKind = 'rolled-back' | 'fenced' | 'replaced';

/** A beginning anew that is still to come. */
interface Setback {
  readonly kind: SetbackKind;
  /** When, on the wall clock. */
  readonly until: number;
}

/** How many setbacks are borne before a worker fails, in a row or at the same record. */
const limit = 10;

/**
 * Counts how often a worker had to begin anew, in a row or because of one record, whatever was committed in between. The
 * first time it does so at once, then after pauses that grow, and in the end it fails: what always fails the same way must
 * not go round for ever.
 */
export class RestartPolicy {
  readonly #clock: Clock;
  readonly #told: (kind: SetbackKind, error: Error) => void;
  readonly #atRecord = new Map<string, number>();
  #inRow = 0;
  #pending: Setback | undefined;
  readonly #signal: WakeSignal;

  /** `told` is called for each. */
  constructor(clock: Clock, told: (kind: SetbackKind, error: Error) => void) {
    this.#clock = clock;
    this.#told = told;
    this.#signal = new WakeSignal(clock);
  }

  /** What the worker has to do before it works again. */
  get pending(): SetbackKind | undefined {
    return this.#pending?.kind;
  }

  /** How long it has to wait before that, in ms. */
  get rest(): number {
    return this.#pending === undefined ? 0 : this.#pending.until - this.#clock.now();
  }

  /** Takes note of one that is judged elsewhere, and does not count. */
  begin(kind: SetbackKind, error: Error): void {
    this.#pending = { kind, until: this.#clock.now() };
    this.#told(kind, error);
  }

  /** Takes note of one, with a pause of at least so many ms; throws what failed when it was one too many. */
  add(kind: SetbackKind, thrown: unknown, least = 0): void {
    const count = Math.max(++this.#inRow, this.#countAtRecord(thrown));
    if (count > limit) throw thrown;
    const pause = count === 1 ? 0 : backoff(count - 1, { longest: '10s' });
    this.#pending = { kind, until: this.#clock.now() + Math.max(pause, least) };
    this.#told(kind, thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown }));
  }

  /** Resolves when it is time, or when `wake` is called. */
  wait(): Promise<void> {
    return this.#signal.wait(this.#signal.count, this.rest);
  }

  wake(): void {
    this.#signal.notify();
  }

  /** The worker has begun anew. */
  resumed(): void {
    this.#pending = undefined;
  }

  /** Work was committed: the next one is the first again. */
  over(): void {
    this.#inRow = 0;
  }

  #countAtRecord(thrown: unknown): number {
    if (!(thrown instanceof StreamsError) || thrown.place.offset === undefined) return 0;
    const { offset, partition = -1, topic = '' } = thrown.place;
    const record = positionId({ topic, partition, offset });
    const count = (this.#atRecord.get(record) ?? 0) + 1;
    this.#atRecord.set(record, count);
    return count;
  }
}

/** True for a failure of the log that may be over at the next try. */
export const isPassing = (thrown: unknown): boolean => thrown instanceof TransportError && thrown.retriable;
