import type { Cancel, NodeId } from '@kstreams/core/graph';
import type { RunPiece, TimerLine } from './timer-line.js';

/** What came of a turn: nothing was due, all that was is over, or something must be called again first. */
export type Fired = 'nothing' | 'done' | 'again';

/** A schedule of one clock. */
interface Schedule {
  readonly node: NodeId;
  readonly interval: number;
  readonly call: (at: number) => void;
  due: number;
  readonly order: number;
  cancelled: boolean;
}

/**
 * What one task does on one clock, in order of due time: timers, those of steps further up first, then schedules, in the
 * order of their being made. Kafka Streams' rule: a schedule that missed periods fires once and is next due at the
 * following whole period after now.
 */
export class Punctuation {
  readonly #schedules: Schedule[] = [];
  /** Steps are opened from the last to the first: the lines of those further up come first. */
  readonly #lines: TimerLine[] = [];
  #made = 0;

  /** When the next one is due; `Infinity` without any. */
  get due(): number {
    let due = this.#schedules[0]?.due ?? Number.POSITIVE_INFINITY;
    for (const line of this.#lines) due = Math.min(due, line.due);
    return due;
  }

  /** Adds a schedule that is first due at `first`. */
  add(node: NodeId, first: number, interval: number, call: (at: number) => void): Cancel {
    const schedule: Schedule = {
      node,
      interval: Math.max(1, interval),
      call,
      due: first,
      order: this.#made++,
      cancelled: false,
    };
    this.#insert(schedule);
    return () => {
      schedule.cancelled = true;
      this.#remove(schedule);
    };
  }

  /** Adds the timers of a store. */
  addTimers(line: TimerLine): void {
    this.#lines.unshift(line);
  }

  /**
   * Fires what is due at `now`, each through `run`, which answers whether the call is over or must be made again; then
   * it stays due and the rest waits behind it. Answers whether anything was called, and whether it must be called again.
   */
  fire(now: number, run: RunPiece): Fired {
    let fired: Fired = 'nothing';
    for (const line of this.#lines) line.begin();
    for (;;) {
      const schedule = this.#schedules[0];
      const [line, timer] = this.#nextTimer();
      if (timer !== undefined && timer.at <= now && timer.at <= (schedule?.due ?? Number.POSITIVE_INFINITY)) {
        fired = (line as TimerLine).fire(timer, run);
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

  /** Fires all timers, whenever they are due: one store's after the other's, so that none is left where nothing goes wrong. */
  fireAll(run: RunPiece): 'done' | 'again' {
    for (const line of this.#lines) {
      line.begin();
      for (let timer = line.next(); timer !== undefined; timer = line.next()) {
        if (line.fire(timer, run) === 'again') return 'again';
      }
    }
    return 'done';
  }

  #nextTimer(): readonly [TimerLine, ReturnType<TimerLine['next']>] | readonly [] {
    let first: readonly [TimerLine, ReturnType<TimerLine['next']>] | readonly [] = [];
    for (const line of this.#lines) {
      const timer = line.next();
      if (timer !== undefined && (first[1] === undefined || timer.at < first[1].at)) first = [line, timer];
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
