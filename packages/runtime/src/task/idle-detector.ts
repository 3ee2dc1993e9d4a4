import type { Cancel, NodeId } from '@kstreams/core/graph';
import type { RunCall } from './punctuation-queue.js';

/** A call after an idle time. */
interface IdleCall {
  readonly node: NodeId;
  /** In ms. */
  readonly after: number;
  readonly call: (at: number) => void;
  /** True when it ran in this idle time. */
  done: boolean;
}

/**
 * Measures the idle time of a task, and makes the calls that are due after it, each once. Empty queues are not enough: the
 * log has to confirm that it holds no more records. If the log is out of reach, the idle time restarts. All times are monotonic.
 */
export class IdleDetector {
  readonly #calls: IdleCall[] = [];
  #since: number | undefined;
  /** The activity of the task when it was last observed. */
  #activity = 0;
  #confirmation: 'none' | 'requested' | 'given' = 'none';

  /** True when a node has requested a call after an idle time. */
  get used(): boolean {
    return this.#calls.length > 0;
  }

  /** Monotonic time of the next call, in ms; `Infinity` without any, and until the log has confirmed. */
  get due(): number {
    return this.#confirmation === 'requested' ? Number.POSITIVE_INFINITY : this.#callDue;
  }

  /** Adds a call after an idle time, in ms. */
  add(node: NodeId, after: number, call: (at: number) => void): Cancel {
    const added: IdleCall = { node, after, call, done: false };
    this.#calls.push(added);
    return () => {
      const at = this.#calls.indexOf(added);
      if (at >= 0) this.#calls.splice(at, 1);
    };
  }

  /** Starts or continues the idle time of a task at rest; ends it if `activity`, a count of records, has changed. */
  observe(atRest: boolean, activity: number, now: number): void {
    if (!atRest || activity !== this.#activity) this.end();
    if (atRest) this.#since ??= now;
    this.#activity = activity;
  }

  /** Ends the idle time. */
  end(): void {
    if (this.#since === undefined) return;
    this.#since = undefined;
    for (const one of this.#calls) one.done = false;
  }

  /**
   * Returns true when calls are due and the log has confirmed. Else requests the confirmation from `atEnd`, which
   * resolves to false when the log holds more records. `replied` is called with its reply.
   */
  confirmed(now: number, atEnd: () => Promise<boolean>, replied: () => void): boolean {
    const given = this.#confirmation === 'given';
    if (given) this.#confirmation = 'none';
    if (this.#callDue > now) return false;
    if (!given && this.#confirmation === 'none') void this.#request(atEnd, replied);
    return given;
  }

  /** Makes the due calls with the wall-clock time, by idle time, then in the order of creation. */
  fire(now: number, wall: number, run: RunCall): void {
    if (this.#callDue > now) return;
    const since = this.#since as number;
    const due = this.#calls.filter(({ after, done }) => !done && since + after <= now);
    for (const one of due.sort((a, b) => a.after - b.after)) {
      if (run(one.node, () => one.call(wall)) === 'again') break;
      one.done = true;
    }
  }

  get #callDue(): number {
    let due = Number.POSITIVE_INFINITY;
    if (this.#since === undefined) return due;
    for (const { after, done } of this.#calls) if (!done) due = Math.min(due, this.#since + after);
    return due;
  }

  async #request(atEnd: () => Promise<boolean>, replied: () => void): Promise<void> {
    this.#confirmation = 'requested';
    // A log out of reach may hold records.
    const confirmed = await atEnd().catch(() => false);
    this.#confirmation = confirmed ? 'given' : 'none';
    if (!confirmed) this.end();
    replied();
  }
}
