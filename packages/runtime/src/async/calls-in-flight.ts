import { type Cancel, type Clock, Pending, type StreamRecord } from '@kstreams/core/graph';
import { Call } from './call.js';
import type { Job } from './job.js';
import { noOthers, Place, type PlaceOwner } from './place.js';
import type { StageOptions } from './stage-options.js';

/** What a call that took too long fails with. */
export class CallTimeout extends Error {
  constructor(ms: number) {
    super(`the call took longer than ${ms} ms`);
    this.name = 'CallTimeout';
  }
}

/** Who began calls is told what they came to: their jobs, and a result or what was thrown. */
export interface Caller {
  over(first: Job, others: readonly Job[], failed: boolean, value: unknown): void;
}

/** The calls of a stage that have begun and not ended. All have the same timeout. */
export class CallsInFlight implements PlaceOwner {
  readonly #work: StageOptions['work'];
  /** In ms. */
  readonly #timeout: number | undefined;
  readonly #clock: Clock;
  readonly #caller: Caller;
  /** All but those that were given up. */
  readonly #places = new Set<Place>();
  /** A place that is free, and behind it the others. */
  #free: Place | undefined;
  #size = 0;
  #timer: Cancel | undefined;

  constructor({ clock, settings, work }: StageOptions, caller: Caller) {
    this.#work = work;
    this.#timeout = settings.timeout;
    this.#clock = clock;
    this.#caller = caller;
  }

  get size(): number {
    return this.#size;
  }

  /** Begins a call for these jobs; returns the error when a value is not loaded yet, and then nothing has begun. */
  begin(first: Job, others: readonly Job[]): Pending | undefined {
    const work = this.#work;
    const call = new Call(first.attempt);
    const place = this.#free ?? this.#newPlace();
    this.#free = place.next;
    place.call = call;
    place.first = first;
    place.others = others;
    this.#size++;
    if (this.#timeout !== undefined) this.#limit(place, this.#timeout);
    let result: unknown;
    try {
      result = 'one' in work ? work.one(first.record, call) : work.many(recordsOf(first, others), call);
    } catch (thrown) {
      if (!(thrown instanceof Pending)) this.ended(place, true, thrown);
      else this.#leave(place);
      return thrown instanceof Pending ? thrown : undefined;
    }
    if (result instanceof Promise) result.then(place.resolved, place.rejected);
    else if (isThenable(result)) Promise.resolve(result).then(place.resolved, place.rejected);
    else this.ended(place, false, result);
    return undefined;
  }

  /** Gives all calls up, telling their signals why. */
  abort(reason: Error): void {
    this.#timer?.();
    this.#timer = undefined;
    for (const place of this.#places) if (place.call !== undefined) this.#giveUp(place, reason);
  }

  /** A call came to something. */
  ended(place: Place, failed: boolean, value: unknown): void {
    const { first, others } = place;
    this.#leave(place);
    this.#caller.over(first as Job, others, failed, value);
  }

  #newPlace(): Place {
    const place = new Place(this);
    this.#places.add(place);
    return place;
  }

  #leave(place: Place): void {
    place.call = undefined;
    place.others = noOthers;
    place.next = this.#free;
    this.#free = place;
    this.#size--;
  }

  /** The place is not used again, since its promise may still call back. */
  #giveUp(place: Place, reason: Error): void {
    const { call } = place;
    place.call = undefined;
    this.#places.delete(place);
    this.#size--;
    call?.abort(reason);
  }

  /** The oldest calls are the first to be late, so that a timer that is set is early enough. */
  #limit(place: Place, timeout: number): void {
    place.deadline = this.#clock.now() + timeout;
    this.#timer ??= this.#clock.after(timeout, () => this.#expire(timeout));
  }

  #expire(timeout: number): void {
    const now = this.#clock.now();
    const inFlight = [...this.#places].filter(({ call }) => call !== undefined);
    const next = Math.min(...inFlight.map(({ deadline }) => deadline).filter((deadline) => deadline > now));
    // Set before anybody is told, who may begin a call that is late after all these.
    this.#timer =
      next < Number.POSITIVE_INFINITY ? this.#clock.after(next - now, () => this.#expire(timeout)) : undefined;
    for (const place of inFlight.filter(({ deadline }) => deadline <= now)) {
      const { first, others } = place;
      const error = new CallTimeout(timeout);
      this.#giveUp(place, error);
      this.#caller.over(first as Job, others, true, error);
    }
  }
}

const isThenable = (result: unknown): result is PromiseLike<unknown> =>
  typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function';

const recordsOf = (first: Job, others: readonly Job[]): readonly StreamRecord<unknown, unknown>[] => [
  first.record,
  ...others.map(({ record }) => record),
];
