import type { DueTimer, NodeId, TimerRows } from '@kstreams/core/graph';
import type { FireTimer } from '../compile/scope.js';
import type { DueCursor } from './due-cursor.js';
import type { RunCall } from './punctuation-queue.js';

/**
 * The timers of one store, and the node that fires them. A turn goes from the first timer onwards. A timer that is set
 * during a turn fires in the same turn if it is later than the one that is firing, else in the next: every turn ends.
 *
 * With `maxDelay`, a timer further ahead than that is due: the clock was set back after the timer was set.
 */
export class TimerCursor implements DueCursor {
  readonly node: NodeId;
  readonly #rows: TimerRows<unknown, unknown>;
  readonly #fire: FireTimer;
  readonly #maxDelay: number;
  #position = '';
  /** The instant of the last timer that is due because it is too far ahead. */
  #lastAhead = Number.NEGATIVE_INFINITY;

  /** `maxDelay` is in ms; timers may be any time ahead unless it is set. */
  constructor(
    node: NodeId,
    rows: TimerRows<unknown, unknown>,
    fire: FireTimer,
    maxDelay: number = Number.POSITIVE_INFINITY,
  ) {
    this.node = node;
    this.#rows = rows;
    this.#fire = fire;
    this.#maxDelay = maxDelay;
  }

  /** Returns the time until the first timer is due, in ms; `Infinity` without any. */
  dueIn(now: number): number {
    return this.#isAhead(now) ? 0 : this.#rows.earliest - now;
  }

  /** Begins a turn. */
  begin(now: number): void {
    this.#position = '';
    this.#lastAhead = this.#isAhead(now) ? this.#rows.latest : Number.NEGATIVE_INFINITY;
  }

  /** Returns the next due timer of this turn. */
  next(now: number): DueTimer<unknown, unknown> | undefined {
    const timer = this.#rows.next(this.#position);
    if (timer === undefined || timer.at <= now) return timer;
    if (this.#lastAhead < timer.at) return undefined;
    const ahead = this.#rows.next(this.#position, now + this.#maxDelay + 1);
    return ahead !== undefined && ahead.at <= this.#lastAhead ? ahead : undefined;
  }

  /** Fires a timer and removes it, also when the error policy skips its call. */
  fire(timer: DueTimer<unknown, unknown>, run: RunCall): 'done' | 'again' {
    const { at, key, position } = timer;
    let kept = false;
    const outcome = run(this.node, () => {
      this.#rows.cancel(key);
      this.#fire(key, at, timer.value);
      kept = true;
    });
    if (outcome === 'again') return 'again';
    if (!kept) run(this.node, () => this.#rows.cancel(key));
    this.#position = position;
    return 'done';
  }

  /** True when a timer is further ahead than any is set. */
  #isAhead(now: number): boolean {
    return this.#maxDelay < Number.POSITIVE_INFINITY && this.#rows.latest > now + this.#maxDelay;
  }
}
