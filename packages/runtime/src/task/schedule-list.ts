import type { Clock, NodeId } from '@kstreams/core/graph';

/** The times at which a schedule fires, in ms. */
export interface Period {
  readonly first: number;
  readonly interval: number;
  /** The instant from which whole intervals are counted on the wall clock; elapsed or stream time is counted without it. */
  readonly anchor?: number | undefined;
  /** True when `first` is a monotonic time. */
  readonly elapsed: boolean;
}

/** A schedule and its next due time. */
export interface Schedule extends Omit<Period, 'first'> {
  readonly node: NodeId;
  readonly call: (at: number) => void;
  due: number;
  readonly order: number;
  cancelled: boolean;
}

/** Returns the period of a schedule on stream time: whole intervals after its anchor, which is 0 unless set. */
export const streamPeriod = (interval: number, anchor = 0): Period => ({ first: anchor, interval, elapsed: false });

/**
 * Returns the period of a schedule on the wall clock. With an anchor it fires at instants: whole intervals after the anchor.
 * Without one it fires each time the interval has elapsed, at any setting of the wall clock.
 */
export const wallPeriod = (clock: Clock, interval: number, anchor: number | undefined): Period =>
  anchor === undefined
    ? { first: clock.monotonic() + interval, interval, elapsed: true }
    : { first: firstInstant(clock.now(), interval, anchor), interval, anchor, elapsed: false };

/** Returns the first instant from now on that is a whole number of intervals after an anchor, and not before it. */
const firstInstant = (now: number, interval: number, anchor: number): number =>
  anchor > now ? anchor : anchor + Math.ceil((now - anchor) / interval) * interval;

/** Schedules on one clock, by due time, then in the order of creation. */
export class ScheduleList {
  readonly #schedules: Schedule[] = [];
  readonly #anchored = new Set<Schedule>();

  /** The first schedule. */
  get first(): Schedule | undefined {
    return this.#schedules[0];
  }

  /** Returns the time until the first schedule is due, in ms; 0 when some move back. */
  dueIn(now: number): number {
    for (const schedule of this.#anchored) if (movesBack(schedule, now)) return 0;
    return (this.first?.due ?? Number.POSITIVE_INFINITY) - now;
  }

  /** Adds a schedule, unless it is cancelled. */
  insert(schedule: Schedule): void {
    if (schedule.cancelled) return;
    const after = this.#schedules.findIndex(
      (other) => other.due > schedule.due || (other.due === schedule.due && other.order > schedule.order),
    );
    this.#schedules.splice(after < 0 ? this.#schedules.length : after, 0, schedule);
    if (schedule.anchor !== undefined) this.#anchored.add(schedule);
  }

  remove(schedule: Schedule): void {
    this.#anchored.delete(schedule);
    const at = this.#schedules.indexOf(schedule);
    if (at >= 0) this.#schedules.splice(at, 1);
  }

  /** Moves a schedule that was due past `now`, over all missed periods. */
  advance(schedule: Schedule, now: number): void {
    this.remove(schedule);
    const missed = Math.floor((now - schedule.due) / schedule.interval);
    schedule.due += (missed + 1) * schedule.interval;
    this.insert(schedule);
  }

  /** Moves anchored schedules back to their next instant, since the clock was set back. */
  moveBack(now: number): void {
    for (const schedule of [...this.#anchored]) {
      if (!movesBack(schedule, now)) continue;
      this.remove(schedule);
      schedule.due = firstInstant(now, schedule.interval, schedule.anchor as number);
      this.insert(schedule);
    }
  }
}

/** True when the clock was set back by more than an interval. After less, no instant comes twice. */
const movesBack = ({ anchor, due, interval }: Schedule, now: number): boolean =>
  anchor !== undefined && due > anchor && due > now + 2 * interval;
