import type { ClockKind, TimerClock } from '@kstreams/core/graph';
import { type Fired, PunctuationQueue, type RunCall } from './punctuation-queue.js';

/** The queues of nodes above async stages, or of those behind, where stream time may be earlier. */
export interface QueuesByClock extends Readonly<Record<TimerClock, PunctuationQueue>> {
  /** The ending rows of stores with a ttl. */
  readonly expiries: Readonly<Record<ClockKind, PunctuationQueue>>;
}

/**
 * The punctuations of one task by clock: stream time, wall time, and before a commit. Rows end before other punctuations of the
 * same instant.
 */
export class PunctuationQueues {
  readonly byClock: QueuesByClock;
  /** For nodes behind an async stage. */
  readonly byClockBehind: QueuesByClock;
  /** True when stores have rows that end. */
  expires = false;
  readonly #run: RunCall;
  /** True while a call on stream time may be due: at first, and when one has to be repeated. */
  #streamDue = true;
  /** True while calls before a commit have to be repeated. */
  #commitDue = false;

  /** `perRecord` is called once there are punctuations that may be due before or after a record. */
  constructor(run: RunCall, perRecord: () => void) {
    this.#run = run;
    const expires = (): void => {
      this.expires = true;
      perRecord();
    };
    const expiries = { stream: new PunctuationQueue(expires), wall: new PunctuationQueue(expires) };
    this.byClock = {
      stream: new PunctuationQueue(perRecord),
      wall: new PunctuationQueue(),
      commit: new PunctuationQueue(perRecord),
      expiries,
    };
    this.byClockBehind = {
      ...this.byClock,
      stream: new PunctuationQueue(perRecord),
      expiries: { ...expiries, stream: new PunctuationQueue(expires) },
    };
  }

  /** Returns the time until a call on the wall clock is due, or on the monotonic clock, in ms; not positive when one is due. */
  dueIn(wall: number, monotonic: number): number {
    return Math.min(this.byClock.wall.dueIn(wall, monotonic), this.byClock.expiries.wall.dueIn(wall));
  }

  /** Deletes the rows that have ended. Returns false when a call has to be repeated. */
  expire(wall: number, streamTime: number, timeBehind: number): boolean {
    const [above, behind] = [this.byClock.expiries, this.byClockBehind.expiries];
    const done =
      this.#fire(above.stream, streamTime) !== 'again' &&
      this.#fire(behind.stream, timeBehind) !== 'again' &&
      this.#fire(above.wall, wall) !== 'again';
    // Calls of the same instant come after it.
    if (!done) this.#streamDue = true;
    return done;
  }

  /** Repeats calls that failed. Returns false when they have to be repeated once more. */
  catchUp(streamTime: number, timeBehind: number): boolean {
    if (this.#commitDue && !this.beforeCommit()) return false;
    return !this.#streamDue || this.atStreamTime(streamTime, timeBehind);
  }

  /** Fires what stream time has reached, and then what the time behind stages has. Returns false when a call has to be repeated. */
  atStreamTime(now: number, timeBehind: number): boolean {
    this.#streamDue =
      this.#fire(this.byClock.stream, now) === 'again' || this.#fire(this.byClockBehind.stream, timeBehind) === 'again';
    return !this.#streamDue;
  }

  /** Fires what the wall clock has reached, and schedules of elapsed time that are due at a monotonic time. */
  atWallTime(wall: number, monotonic: number): void {
    this.#fire(this.byClock.wall, wall, monotonic);
  }

  /** Fires all commit timers. Returns false when a call has to be repeated. */
  beforeCommit(): boolean {
    this.#commitDue = this.byClock.commit.fireAll(this.#run) === 'again';
    return !this.#commitDue;
  }

  #fire(queue: PunctuationQueue, now: number, monotonic?: number): Fired {
    return queue.dueIn(now, monotonic) > 0 ? 'nothing' : queue.fire(now, this.#run, monotonic);
  }
}
