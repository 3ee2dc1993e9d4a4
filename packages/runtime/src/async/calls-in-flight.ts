import { type CallWork, type Cancel, type Clock, Pending, type StreamRecord } from '@kstreams/core/graph';
import type { Job } from './job.js';
import { Call, type CallListener, noOthers, PendingCall } from './pending-call.js';

/** The failure of a call that took too long. */
class CallTimeout extends Error {
  constructor(ms: number) {
    super(`the call took longer than ${ms} ms`);
    this.name = 'CallTimeout';
  }
}

/** The calls of one stage. */
export interface CallsOptions {
  readonly work: CallWork<unknown, unknown, unknown>;
  readonly clock: Clock;
  /** In ms; no timeout unless set. */
  readonly timeout?: number | undefined;
  /** Receives the jobs of a call with its result or error. */
  readonly ended: (first: Job, others: readonly Job[], failed: boolean, value: unknown) => void;
}

/** The calls of a stage that have begun and not ended. All have the same timeout. */
export class CallsInFlight implements CallListener {
  readonly #options: CallsOptions;
  /** All but the abandoned ones. */
  readonly #calls = new Set<PendingCall>();
  /** The first free instance; `next` links the others. */
  #free: PendingCall | undefined;
  #size = 0;
  #timer: Cancel | undefined;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** Calls the user's function for jobs. A call that throws `Pending` begins again once its value is loaded. */
  begin(first: Job, others: readonly Job[]): void {
    const { timeout } = this.#options;
    const pending = this.#free ?? this.#newCall();
    this.#free = pending.next;
    pending.call = new Call(first.attempt);
    pending.first = first;
    pending.others = others;
    this.#size++;
    if (timeout !== undefined) this.#limit(pending, timeout);
    this.#call(pending);
  }

  #call(pending: PendingCall): void {
    const { work } = this.#options;
    const { first, others } = pending as { readonly first: Job; readonly others: readonly Job[] };
    const call = pending.call as Call;
    let result: unknown;
    try {
      result = 'one' in work ? work.one(first.record, call) : work.many(recordsOf(first, others), call);
    } catch (thrown) {
      if (!(thrown instanceof Pending)) this.ended(pending, true, thrown);
      else {
        thrown.until.then(() => {
          if (pending.call === call) this.#call(pending);
        }, pending.rejected);
      }
      return;
    }
    if (result instanceof Promise) result.then(pending.resolved, pending.rejected);
    else if (isThenable(result)) Promise.resolve(result).then(pending.resolved, pending.rejected);
    else this.ended(pending, false, result);
  }

  /** Abandons all calls and aborts their signals with a reason. */
  abort(reason: Error): void {
    this.#timer?.();
    this.#timer = undefined;
    for (const pending of this.#calls) if (pending.call !== undefined) this.#abandon(pending, reason);
  }

  /** Ends a call with its result or error. */
  ended(pending: PendingCall, failed: boolean, value: unknown): void {
    const { first, others } = pending;
    this.#release(pending);
    this.#options.ended(first as Job, others, failed, value);
  }

  #newCall(): PendingCall {
    const pending = new PendingCall(this);
    this.#calls.add(pending);
    return pending;
  }

  #release(pending: PendingCall): void {
    pending.call = undefined;
    pending.others = noOthers;
    pending.next = this.#free;
    this.#free = pending;
    this.#size--;
  }

  /** Drops an instance whose promise may still settle, and aborts its signal. */
  #abandon(pending: PendingCall, reason: Error): void {
    const { call } = pending;
    pending.call = undefined;
    this.#calls.delete(pending);
    this.#size--;
    call?.abort(reason);
  }

  /** One timer is enough: the oldest call times out first. */
  #limit(pending: PendingCall, timeout: number): void {
    const { clock } = this.#options;
    pending.deadline = clock.monotonic() + timeout;
    this.#timer ??= clock.after(timeout, () => this.#expire(timeout));
  }

  #expire(timeout: number): void {
    const { clock, ended } = this.#options;
    const now = clock.monotonic();
    const inFlight = [...this.#calls].filter(({ call }) => call !== undefined);
    const next = Math.min(...inFlight.map(({ deadline }) => deadline).filter((deadline) => deadline > now));
    // Set before `ended`, which may begin a call with a later deadline than all of these.
    this.#timer = next < Number.POSITIVE_INFINITY ? clock.after(next - now, () => this.#expire(timeout)) : undefined;
    for (const pending of inFlight.filter(({ deadline }) => deadline <= now)) {
      const { first, others } = pending;
      const error = new CallTimeout(timeout);
      this.#abandon(pending, error);
      ended(first as Job, others, true, error);
    }
  }
}

const isThenable = (result: unknown): result is PromiseLike<unknown> =>
  typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function';

const recordsOf = (first: Job, others: readonly Job[]): readonly StreamRecord<unknown, unknown>[] => [
  first.record,
  ...others.map(({ record }) => record),
];
