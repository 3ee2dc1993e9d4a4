import { type EndingRow, type Expiries, type NodeId, type Row, StateError } from '@kstreams/core/graph';
import type { DueCursor } from './due-cursor.js';
import type { RunCall } from './punctuation-queue.js';

/** Handles a row that has ended and is deleted. */
export type ActOnExpiry = (key: unknown, row: Row<unknown>, at: number) => void;

/**
 * The rows of one store with a ttl, and the node that is called for each that has ended. As with timers, a row written during
 * a turn ends in the same turn only if its end is later than that of the row being deleted.
 */
export class ExpiryCursor implements DueCursor {
  readonly #store: string;
  readonly #rows: Expiries<unknown, unknown>;
  #node: NodeId;
  #act: ActOnExpiry | undefined;
  #position = '';

  /** `node` uses the store. */
  constructor(store: string, rows: Expiries<unknown, unknown>, node: NodeId) {
    this.#store = store;
    this.#rows = rows;
    this.#node = node;
  }

  /**
   * Sets the node that is called for each ended row.
   *
   * @throws StateError when another was set.
   */
  follow(node: NodeId, act: ActOnExpiry): void {
    if (this.#act !== undefined)
      throw new StateError(`"${this.#node}" follows the ends of rows in "${this.#store}" already`, { node });
    this.#node = node;
    this.#act = act;
  }

  dueIn(now: number): number {
    return this.#rows.earliest - now;
  }

  begin(): void {
    this.#position = '';
  }

  next(now: number): EndingRow<unknown> | undefined {
    const row = this.#rows.next(this.#position);
    return row !== undefined && row.at <= now ? row : undefined;
  }

  /** Deletes a row, also when the error policy skips the node's call. */
  fire(ending: EndingRow<unknown>, run: RunCall): 'done' | 'again' {
    const { at } = ending;
    let kept = false;
    const outcome = run(this.#node, () => {
      const { key } = ending;
      const row = this.#act && this.#rows.row(key);
      this.#rows.remove(key, at);
      if (row !== undefined) this.#act?.(key, row, at);
      kept = true;
    });
    if (outcome === 'again') return outcome;
    if (!kept) run(this.#node, () => this.#rows.remove(ending.key, at));
    this.#position = ending.position;
    return 'done';
  }
}
