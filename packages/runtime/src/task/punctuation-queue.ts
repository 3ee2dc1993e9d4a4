import type { Cancel, NodeId } from '@kstreams/core/graph';
import type { Due, DueCursor } from './due-cursor.js';
import { type Period, type Schedule, ScheduleList } from './schedule-list.js';

/** Runs a call of a node. Returns `again` when the same call has to be repeated later. */
export type RunCall = (node: NodeId, call: () => void) => 'done' | 'again';

/** The outcome of a turn: nothing was due, everything due was called, or a call has to be repeated first. */
export type Fired = 'nothing' | 'done' | 'again';

/**
 * The punctuations of one task on one clock, by due time. Timers come before schedules, timers of upper nodes before
 * those of lower ones, schedules in the order of creation. As in Kafka Streams, a schedule that missed periods fires
 * once, and again at the next whole period.
 *
 * Schedules of elapsed time are due on the monotonic clock, everything else on the clock of the queue. They are compared by
 * the time for which they have been due.
 */
export class PunctuationQueue {
  readonly #instants = new ScheduleList();
  readonly #elapsed = new ScheduleList();
  /** Upper nodes first. Nodes are opened from the last to the first. */
  readonly #timers: DueCursor[] = [];
  readonly #added: () => void;
  #created = 0;

  /** `added` is called with each new schedule, and each store of timers. */
  constructor(added: () => void = () => {}) {
    this.#added = added;
  }

  /** True without schedules and open timers. */
  get empty(): boolean {
    return this.dueIn(0) === Number.POSITIVE_INFINITY;
  }

  /** Returns the time until the first punctuation is due, in ms; not positive when one is due, `Infinity` without any. */
  dueIn(now: number, monotonic = now): number {
    let due = Math.min(this.#instants.dueIn(now), this.#elapsed.dueIn(monotonic));
    for (const timers of this.#timers) due = Math.min(due, timers.dueIn(now));
    return due;
  }

  /** Adds a schedule. */
  add(node: NodeId, { anchor, elapsed, first, interval }: Period, call: (at: number) => void): Cancel {
    const schedule: Schedule = {
      node,
      interval,
      anchor,
      elapsed,
      call,
      due: first,
      order: this.#created++,
      cancelled: false,
    };
    const list = this.#listOf(schedule);
    list.insert(schedule);
    this.#added();
    return () => {
      schedule.cancelled = true;
      list.remove(schedule);
    };
  }

  /** Adds the timers, or the ending rows, of a store. */
  addTimers(timers: DueCursor): void {
    this.#timers.unshift(timers);
    this.#added();
  }

  /** Fires everything due at `now`, and at a monotonic time. A call that has to be repeated stays due, and blocks the rest. */
  fire(now: number, run: RunCall, monotonic = now): Fired {
    let fired: Fired = 'nothing';
    for (const timers of this.#timers) timers.begin(now);
    this.#instants.moveBack(now);
    const dueFor = ({ due, elapsed }: Schedule): number => (elapsed ? monotonic : now) - due;
    for (;;) {
      const schedule = this.#nextSchedule(dueFor);
      const late = schedule === undefined ? Number.NEGATIVE_INFINITY : dueFor(schedule);
      const [timers, timer] = this.#nextTimer(now);
      if (timer !== undefined && Math.max(0, now - timer.at) >= late) {
        fired = (timers as DueCursor).fire(timer, run);
        if (fired === 'again') return fired;
      } else if (schedule !== undefined && late >= 0) {
        fired = run(schedule.node, () => schedule.call(now));
        if (fired === 'again') return fired;
        this.#listOf(schedule).advance(schedule, schedule.elapsed ? monotonic : now);
      } else return fired;
    }
  }

  /** Fires all timers, due or not, one store after the other. */
  fireAll(run: RunCall): 'done' | 'again' {
    for (const timers of this.#timers) {
      timers.begin(Number.POSITIVE_INFINITY);
      for (
        let timer = timers.next(Number.POSITIVE_INFINITY);
        timer !== undefined;
        timer = timers.next(Number.POSITIVE_INFINITY)
      ) {
        if (timers.fire(timer, run) === 'again') return 'again';
      }
    }
    return 'done';
  }

  #listOf({ elapsed }: Schedule): ScheduleList {
    return elapsed ? this.#elapsed : this.#instants;
  }

  /** Returns the schedule that has been due for the longest time, or will be due first. */
  #nextSchedule(dueFor: (schedule: Schedule) => number): Schedule | undefined {
    const [instant, elapsed] = [this.#instants.first, this.#elapsed.first];
    if (instant === undefined || elapsed === undefined) return instant ?? elapsed;
    const lead = dueFor(instant) - dueFor(elapsed);
    return lead > 0 || (lead === 0 && instant.order < elapsed.order) ? instant : elapsed;
  }

  /** Returns the due timer with the earliest instant. */
  #nextTimer(now: number): readonly [DueCursor, Due] | readonly [] {
    let first: readonly [DueCursor, Due] | readonly [] = [];
    for (const timers of this.#timers) {
      const timer = timers.next(now);
      if (timer !== undefined && (first[1] === undefined || timer.at < first[1].at)) first = [timers, timer];
    }
    return first;
  }
}
