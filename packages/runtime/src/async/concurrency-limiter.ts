import type { Cancel, Clock } from '@kstreams/core/graph';

/** A stage that starts calls within a limit. */
export interface LimitedStage {
  /** True while the stage queues for a slot. Set by the limiter. */
  queued: boolean;
  /** Starts as many calls as possible; a slot may be free. */
  pump(): void;
}

/**
 * Limits the calls of one stage over all tasks of this process: how many are in flight, and how many begin per second.
 * A stage without a free slot queues, and is pumped once for each slot that comes free.
 */
export class ConcurrencyLimiter {
  readonly #clock: Clock;
  readonly #rate: RateLimit | undefined;
  readonly #concurrency: number;
  #queue: LimitedStage[] = [];
  #used = 0;
  #timer: Cancel | undefined;

  constructor(concurrency: number, perSecond: number | undefined, clock: Clock) {
    this.#concurrency = concurrency;
    this.#clock = clock;
    this.#rate = perSecond === undefined ? undefined : new RateLimit(perSecond);
  }

  /** Number of calls in flight. */
  get used(): number {
    return this.#used;
  }

  /** Takes a slot and returns true, or queues the stage. */
  acquire(stage: LimitedStage): boolean {
    if (this.#used < this.#concurrency && this.#withinRate()) {
      this.#used++;
      return true;
    }
    if (!stage.queued) this.#queue.push(stage);
    stage.queued = true;
    return false;
  }

  /** True when a stage may reuse its slot at once, since no other stage queues for one. */
  canReuse(stage: LimitedStage): boolean {
    return this.#rate === undefined && this.#queue.length === (stage.queued ? 1 : 0);
  }

  /** Frees a slot. */
  release(): void {
    this.#used--;
    this.#pumpQueue();
  }

  /** Removes a stage from the queue. */
  remove(stage: LimitedStage): void {
    if (stage.queued) this.#queue = this.#queue.filter((one) => one !== stage);
    stage.queued = false;
    if (this.#queue.length > 0) return;
    this.#timer?.();
    this.#timer = undefined;
  }

  /** Pumps each queued stage once, while slots are free. */
  #pumpQueue(): void {
    for (let turns = this.#queue.length; turns > 0 && this.#used < this.#concurrency; turns--) {
      const stage = this.#queue.shift();
      if (stage === undefined) return;
      stage.queued = false;
      stage.pump();
    }
  }

  /** True when the rate allows a call now, which then counts; else pumps the queue when it does. */
  #withinRate(): boolean {
    if (this.#rate === undefined) return true;
    const now = this.#clock.monotonic();
    const { free } = this.#rate;
    if (free <= now) {
      this.#rate.take(now);
      return true;
    }
    this.#timer ??= this.#clock.after(free - now, () => {
      this.#timer = undefined;
      this.#pumpQueue();
    });
    return false;
  }
}

/** Allows a number of calls within any second, by remembering when the last ones began. */
class RateLimit {
  readonly #begun: number[];
  #next = 0;

  constructor(perSecond: number) {
    this.#begun = new Array<number>(perSecond).fill(Number.NEGATIVE_INFINITY);
  }

  /** Monotonic time at which the next call may begin, in ms. */
  get free(): number {
    return (this.#begun[this.#next] as number) + 1_000;
  }

  /** Counts a call. */
  take(now: number): void {
    this.#begun[this.#next] = now;
    this.#next = (this.#next + 1) % this.#begun.length;
  }
}
