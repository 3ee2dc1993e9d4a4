import type { TimerClock } from '@kstreams/core/graph';
import { type Fired, PunctuationQueue, type RunCall } from './punctuation-queue.js';

/** The punctuations of one task by clock: stream time, wall time, and before a commit. */
export class PunctuationQueues {
  readonly byClock: Readonly<Record<TimerClock, PunctuationQueue>>;
  /** For nodes behind an async stage, where stream time may be earlier. */
  readonly byClockBehind: PunctuationQueues['byClock'];
  readonly #run: RunCall;
  /** True while a call on stream time may be due: at first, and when one has to be repeated. */
  #streamDue = true;
  /** True while calls before a commit have to be repeated. */
  #commitDue = false;

  /** `perRecord` is called once there are punctuations that may be due before or after a record. */
  constructor(run: RunCall, perRecord: () => void) {
    this.#run = run;
    this.byClock = {
      stream: new PunctuationQueue(perRecord),
      wall: new PunctuationQueue(),
      commit: new PunctuationQueue(perRecord),
    };
    this.byClockBehind = { ...this.byClock, stream: new PunctuationQueue(perRecord) };
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
