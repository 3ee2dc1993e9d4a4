import type { NodeId } from '@kstreams/core/graph';
import type { DueTimer, TimerRows } from '@kstreams/core/state';

/** Runs a piece of a node's work, and answers whether it is over or must be tried again. */
export type RunPiece = (node: NodeId, call: () => void) => 'done' | 'again';

/** What a node does with a timer that fires. */
export type FireTimer = (key: unknown, at: number, value: unknown) => void;

/**
 * The timers of one store with the node that fires them. A turn walks from the first timer on, so that one which is set
 * while it lasts fires in it if it comes behind the one that fires then, and in the next turn else, which is that of the
 * next record or of the next look at the clock: no turn goes on for ever.
 */
export class TimerLine {
  readonly node: NodeId;
  readonly #rows: TimerRows<unknown, unknown>;
  readonly #fire: FireTimer;
  #place = '';

  constructor(node: NodeId, rows: TimerRows<unknown, unknown>, fire: FireTimer) {
    this.node = node;
    this.#rows = rows;
    this.#fire = fire;
  }

  /** When the first timer is due; `Infinity` without any. */
  get due(): number {
    return this.#rows.earliest;
  }

  /** Begins a turn. */
  begin(): void {
    this.#place = '';
  }

  /** The timer that is next in this turn. */
  next(): DueTimer<unknown, unknown> | undefined {
    return this.#rows.next(this.#place);
  }

  /** Fires a timer, which is over then; one whose call is taken back for good fires no more either. */
  fire({ id, key, at, value }: DueTimer<unknown, unknown>, run: RunPiece): 'done' | 'again' {
    let kept = false;
    const outcome = run(this.node, () => {
      this.#rows.cancel(key);
      this.#fire(key, at, value);
      kept = true;
    });
    if (outcome === 'again') return 'again';
    if (!kept) this.#rows.cancel(key);
    this.#place = id;
    return 'done';
  }
}
