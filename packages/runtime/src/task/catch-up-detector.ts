import type { Cancel, NodeId } from '@kstreams/core/graph';
import type { RunCall } from './punctuation-queue.js';

/** A call that is due on the wall clock, once the task has caught up. */
interface CatchUpCall {
  readonly node: NodeId;
  /** Returns the due time, in ms; `Infinity` for none. */
  readonly due: () => number;
  readonly call: (at: number) => void;
}

/** The ends of the partitions of a task at an instant. */
interface Ends {
  readonly at: number;
  readonly offsets: readonly number[];
}

/** The part of a task's input that a detector uses. */
export interface CatchUpInput {
  /** Resolves to the ends of all partitions. */
  ends(): Promise<readonly number[]>;
  /** True when all records before these offsets are finished. */
  isFinished(offsets: readonly number[]): boolean;
}

/** The time until a call that failed, or a request of the ends, is repeated, in ms. */
const pause = 1_000;

/**
 * Makes the calls of a task that are due on the wall clock and require that it has caught up: when a call is due, the ends
 * of the partitions are requested, and the call waits until all records before them are finished. So it waits while old
 * records are read again, and under steady traffic no longer than for the records that were there.
 */
export class CatchUpDetector {
  readonly #calls: CatchUpCall[] = [];
  #ends: 'unknown' | 'requested' | Ends = 'unknown';
  /** The monotonic time before which no ends are requested. */
  #notBefore = Number.NEGATIVE_INFINITY;

  /** True when a node has requested a call. */
  get used(): boolean {
    return this.#calls.length > 0;
  }

  /** Returns the time until the next call is due, in ms; `Infinity` without any, and while one waits for records. */
  dueIn(wall: number, monotonic: number): number {
    if (this.#ends !== 'unknown') return Number.POSITIVE_INFINITY;
    return Math.max(this.#callDue - wall, this.#notBefore - monotonic);
  }

  /** Adds a call. `due` is read between records. */
  add(node: NodeId, due: () => number, call: (at: number) => void): Cancel {
    const added: CatchUpCall = { node, due, call };
    this.#calls.push(added);
    return () => {
      const at = this.#calls.indexOf(added);
      if (at >= 0) this.#calls.splice(at, 1);
    };
  }

  /** Makes the calls that are due and have caught up. `replied` is called when requested ends are known. */
  detect(wall: number, monotonic: number, input: CatchUpInput, run: RunCall, replied: () => void): void {
    if (this.dueIn(wall, monotonic) <= 0) void this.#request(wall, monotonic, input, replied);
    if (typeof this.#ends === 'string' || !input.isFinished(this.#ends.offsets)) return;
    if (!this.fire(this.#ends.at, run)) return;
    if (this.#callDue <= this.#ends.at) this.#notBefore = monotonic + pause;
    this.#ends = 'unknown';
  }

  /** Makes the calls that are due at an instant, in the order of creation. Returns false when one has to be repeated. */
  fire(at: number, run: RunCall): boolean {
    for (const { node, due, call } of this.#calls) {
      if (due() <= at && run(node, () => call(at)) === 'again') return false;
    }
    return true;
  }

  get #callDue(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { due } of this.#calls) first = Math.min(first, due());
    return first;
  }

  async #request(at: number, monotonic: number, input: CatchUpInput, replied: () => void): Promise<void> {
    this.#ends = 'requested';
    // A log out of reach may hold records.
    const offsets = await input.ends().catch(() => undefined);
    this.#ends = offsets === undefined ? 'unknown' : { at, offsets };
    if (offsets === undefined) this.#notBefore = monotonic + pause;
    replied();
  }
}
