import type { Cancel, NodeId } from '@kstreams/core';

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
 * The schedules of one task on one clock, fired in order of their due time, then of being made. Kafka Streams' rule: a
 * schedule that missed periods fires once and is next due at the following whole period after now.
 */
export class Punctuation {
  readonly #schedules: Schedule[] = [];
  #made = 0;

  /** When the next one is due; `Infinity` without any. */
  get due(): number {
    return this.#schedules[0]?.due ?? Number.POSITIVE_INFINITY;
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

  /**
   * Fires what is due at `now`, each through `run`, which answers whether the call is over or must be made again; then
   * it stays due and the rest waits behind it. Answers whether anything was called.
   */
  fire(now: number, run: (node: NodeId, call: () => void) => 'done' | 'again'): boolean {
    let called = false;
    while (this.due <= now) {
      const schedule = this.#schedules[0] as Schedule;
      called = true;
      if (run(schedule.node, () => schedule.call(now)) === 'again') break;
      this.#remove(schedule);
      const missed = Math.floor((now - schedule.due) / schedule.interval);
      schedule.due += (missed + 1) * schedule.interval;
      this.#insert(schedule);
    }
    return called;
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
