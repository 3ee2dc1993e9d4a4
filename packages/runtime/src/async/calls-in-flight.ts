import { type Cancel, type Clock, NotWarm, type StreamRecord } from '@kstreams/core';
import { Call } from './call.js';
import type { Job } from './job.js';
import { type Ended, noOthers, Place } from './place.js';
import type { StageOptions } from './stage-options.js';

/** What a call that took too long fails with. */
export class CallTimeout extends Error {
  constructor(ms: number) {
    super(`the call took longer than ${ms} ms`);
    this.name = 'CallTimeout';
  }
}

/** The calls of a stage that have begun and not ended. All have the same timeout, so the oldest is the first to be late. */
export class CallsInFlight {
  readonly #work: StageOptions['work'];
  /** In ms. */
  readonly #timeout: number | undefined;
  readonly #clock: Clock;
  readonly #ended: Ended;
  /** A place that is free, and behind it the others. */
  #free: Place | undefined;
  #oldest: Place | undefined;
  #newest: Place | undefined;
  #size = 0;
  #timer: Cancel | undefined;

  /** `ended` is told of calls that came to something or took too long. */
  constructor({ clock, settings, work }: StageOptions, ended: Ended) {
    this.#work = work;
    this.#timeout = settings.timeout;
    this.#clock = clock;
    this.#ended = ended;
  }

  get size(): number {
    return this.#size;
  }

  /** Begins a call for these jobs; where a key must be fetched first, it answers so, and nothing has begun. */
  begin(first: Job, others: readonly Job[]): NotWarm | undefined {
    const work = this.#work;
    const call = new Call(first.attempt);
    const place = this.#enter(call, first, others);
    let result: unknown;
    try {
      result = 'one' in work ? work.one(first.record, call) : work.many(recordsOf(first, others), call);
    } catch (thrown) {
      if (thrown instanceof NotWarm) {
        this.#leave(place);
        return thrown;
      }
      this.#end(place, true, thrown);
      return undefined;
    }
    if (isPromise(result)) Promise.resolve(result).then(place.resolved, place.rejected);
    else this.#end(place, false, result);
    return undefined;
  }

  /** Gives all calls up, telling their signals why. */
  abort(reason: Error): void {
    this.#timer?.();
    this.#timer = undefined;
    while (this.#oldest !== undefined) this.#giveUp(this.#oldest, reason);
  }

  readonly #end = (place: Place, failed: boolean, value: unknown): void => {
    const { first, others } = place;
    this.#leave(place);
    this.#ended(first as Job, others, failed, value);
  };

  #enter(call: Call, first: Job, others: readonly Job[]): Place {
    const place = this.#free ?? new Place(this.#end);
    const older = this.#newest;
    this.#free = place.newer;
    place.call = call;
    place.first = first;
    place.others = others;
    place.older = older;
    place.newer = undefined;
    if (older === undefined) this.#oldest = place;
    else older.newer = place;
    this.#newest = place;
    this.#size++;
    if (this.#timeout !== undefined) {
      place.deadline = this.#clock.now() + this.#timeout;
      this.#watch();
    }
    return place;
  }

  #leave(place: Place): void {
    this.#unlink(place);
    place.newer = this.#free;
    this.#free = place;
  }

  /** The place is not used again, since its promise may still call back. */
  #giveUp(place: Place, reason: Error): void {
    const { call } = place;
    this.#unlink(place);
    call?.abort(reason);
  }

  #unlink(place: Place): void {
    const { newer, older } = place;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    place.call = undefined;
    place.first = undefined;
    place.others = noOthers;
    this.#size--;
  }

  #watch(): void {
    if (this.#timer !== undefined || this.#oldest === undefined) return;
    this.#timer = this.#clock.after(this.#oldest.deadline - this.#clock.now(), () => {
      this.#timer = undefined;
      this.#expire();
      this.#watch();
    });
  }

  #expire(): void {
    const now = this.#clock.now();
    for (let place = this.#oldest; place !== undefined && place.deadline <= now; place = this.#oldest) {
      const { first, others } = place;
      const error = new CallTimeout(this.#timeout as number);
      this.#giveUp(place, error);
      this.#ended(first as Job, others, true, error);
    }
  }
}

const isPromise = (result: unknown): result is PromiseLike<unknown> =>
  typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function';

const recordsOf = (first: Job, others: readonly Job[]): readonly StreamRecord<unknown, unknown>[] => [
  first.record,
  ...others.map(({ record }) => record),
];
