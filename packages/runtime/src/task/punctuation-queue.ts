import type { Cancel, DueTimer, NodeId, TimerRows } from '@kstreams/core/graph';
import type { FireTimer } from '../compile/scope.js';

/** Runs a call of a node. Returns `again` when the same call has to be repeated later. */
export type RunCall = (node: NodeId, call: () => void) => 'done' | 'again';

/** The outcome of a turn: nothing was due, everything due was called, or a call has to be repeated first. */
export type Fired = 'nothing' | 'done' | 'again';

interface Schedule {
  readonly node: NodeId;
  /** In ms. */
  readonly interval: number;
  readonly call: (at: number) => void;
  due: number;
  readonly order: number;
  cancelled: boolean;
}

/** Returns the first due time of a wall-clock schedule in ms: a whole number of intervals after its anchor, if it has one. */
export const firstWallTime = (now: number, interval: number, anchor: number | undefined): number => {
  if (anchor === undefined) return now + interval;
  return anchor > now ? anchor : anchor + Math.ceil((now - anchor) / interval) * interval;
};

/**
 * The timers of one store, and the node that fires them. A turn goes from the first timer onwards. A timer that is set
 * during a turn fires in the same turn if it is later than the one that is firing, else in the next: every turn ends.
 */
export class TimerCursor {
  readonly node: NodeId;
  readonly #rows: TimerRows<unknown, unknown>;
  readonly #fire: FireTimer;
  #position = '';

  constructor(node: NodeId, rows: TimerRows<unknown, unknown>, fire: FireTimer) {
    this.node = node;
    this.#rows = rows;
    this.#fire = fire;
  }

  /** Due time of the first timer; `Infinity` without any. */
  get due(): number {
    return this.#rows.earliest;
  }

  /** Begins a turn. */
  begin(): void {
    this.#position = '';
  }

  /** Returns the next timer of this turn. */
  next(): DueTimer<unknown, unknown> | undefined {
    return this.#rows.next(this.#position);
  }

  /** Fires a timer and removes it, also when the error policy skips its call. */
  fire({ position, key, at, value }: DueTimer<unknown, unknown>, run: RunCall): 'done' | 'again' {
    let kept = false;
    const outcome = run(this.node, () => {
      this.#rows.cancel(key);
      this.#fire(key, at, value);
      kept = true;
    });
    if (outcome === 'again') return 'again';
    if (!kept) this.#rows.cancel(key);
    this.#position = position;
    return 'done';
  }
}

/**
 * The punctuations of one task on one clock, by due time. Timers come before schedules, timers of upper nodes before
 * those of lower ones, schedules in the order of creation. As in Kafka Streams, a schedule that missed periods fires
 * once, and again at the next whole period.
 */
export class PunctuationQueue {
  readonly #schedules: Schedule[] = [];
  /** Upper nodes first. Nodes are opened from the last to the first. */
  readonly #timers: TimerCursor[] = [];
  readonly #added: () => void;
  #created = 0;

  /** `added` is called with each new schedule, and each store of timers. */
  constructor(added: () => void = () => {}) {
    this.#added = added;
  }

  /** Due time of the first punctuation; `Infinity` without any. */
  get due(): number {
    let due = this.#schedules[0]?.due ?? Number.POSITIVE_INFINITY;
    for (const timers of this.#timers) due = Math.min(due, timers.due);
    return due;
  }

  /** Adds a schedule that is first due at `first`, in ms. */
  add(node: NodeId, first: number, interval: number, call: (at: number) => void): Cancel {
    const schedule: Schedule = {
      node,
      interval,
      call,
      due: first,
      order: this.#created++,
      cancelled: false,
    };
    this.#insert(schedule);
    this.#added();
    return () => {
      schedule.cancelled = true;
      this.#remove(schedule);
    };
  }

  /** Adds the timers of a store. */
  addTimers(timers: TimerCursor): void {
    this.#timers.unshift(timers);
    this.#added();
  }

  /** Fires everything due at `now`. A call that has to be repeated stays due, and blocks the rest. */
  fire(now: number, run: RunCall): Fired {
    let fired: Fired = 'nothing';
    for (const timers of this.#timers) timers.begin();
    for (;;) {
      const schedule = this.#schedules[0];
      const [timers, timer] = this.#nextTimer();
      if (timer !== undefined && timer.at <= now && timer.at <= (schedule?.due ?? Number.POSITIVE_INFINITY)) {
        fired = (timers as TimerCursor).fire(timer, run);
        if (fired === 'again') return fired;
      } else if (schedule !== undefined && schedule.due <= now) {
        fired = run(schedule.node, () => schedule.call(now));
        if (fired === 'again') return fired;
        this.#remove(schedule);
        const missed = Math.floor((now - schedule.due) / schedule.interval);
        schedule.due += (missed + 1) * schedule.interval;
        this.#insert(schedule);
      } else return fired;
    }
  }

  /** Fires all timers, due or not, one store after the other. */
  fireAll(run: RunCall): 'done' | 'again' {
    for (const timers of this.#timers) {
      timers.begin();
      for (let timer = timers.next(); timer !== undefined; timer = timers.next()) {
        if (timers.fire(timer, run) === 'again') return 'again';
      }
    }
    return 'done';
  }

  #nextTimer(): readonly [TimerCursor, ReturnType<TimerCursor['next']>] | readonly [] {
    let first: readonly [TimerCursor, ReturnType<TimerCursor['next']>] | readonly [] = [];
    for (const timers of this.#timers) {
      const timer = timers.next();
      if (timer !== undefined && (first[1] === undefined || timer.at < first[1].at)) first = [timers, timer];
    }
    return first;
  }

  #insert(schedule: Schedule): void {
    if (schedule.cancelled) return;
    const after = this.#schedules.findIndex(
      (other) => other.due > schedule.due || (other.due === schedule.due && other.order > schedule.order),
    );
    this.#schedules.splice(after < 0 ? this.#schedules.length : after, 0, schedule);
  }

  #remove(schedule: Schedule): void {
    const at = this.#schedules.indexOf(schedule);
    if (at >= 0) this.#schedules.splice(at, 1);
  }
}
