import type { Cancel, NodeId } from '@kstreams/core/graph';
import type { RunPiece } from './timer-line.js';

/** Something to be done after a silence. */
interface Wait {
  readonly node: NodeId;
  readonly after: number;
  readonly call: (at: number) => void;
  /** Whether it was done in this silence. */
  done: boolean;
}

/** How long a task has been idle, and what is to be done then: each once in a silence. */
export class Idleness {
  readonly #waits: Wait[] = [];
  #since: number | undefined;

  /** Whether anybody waits for a silence. */
  get wanted(): boolean {
    return this.#waits.length > 0;
  }

  /** When the next is due on the wall clock; `Infinity` while there is no silence, or nothing waits for it. */
  get due(): number {
    let due = Number.POSITIVE_INFINITY;
    if (this.#since === undefined) return due;
    for (const { after, done } of this.#waits) if (!done) due = Math.min(due, this.#since + after);
    return due;
  }

  add(node: NodeId, after: number, call: (at: number) => void): Cancel {
    const wait: Wait = { node, after, call, done: false };
    this.#waits.push(wait);
    return () => {
      const at = this.#waits.indexOf(wait);
      if (at >= 0) this.#waits.splice(at, 1);
    };
  }

  /** The silence begins, or goes on, if the task is at rest; else it is over. */
  look(atRest: boolean, now: number): void {
    if (atRest) this.#since ??= now;
    else this.end();
  }

  /** The silence is over. */
  end(): void {
    if (this.#since === undefined) return;
    this.#since = undefined;
    for (const wait of this.#waits) wait.done = false;
  }

  /** Does what is due, in the order of being due, then of being made. */
  fire(now: number, run: RunPiece): void {
    if (this.due > now) return;
    const since = this.#since as number;
    const due = this.#waits.filter(({ after, done }) => !done && since + after <= now);
    for (const wait of due.sort((a, b) => a.after - b.after)) {
      if (run(wait.node, () => wait.call(now)) === 'again') break;
      wait.done = true;
    }
  }
}
