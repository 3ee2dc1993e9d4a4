import { type Clock, FencedError, TransportError, WakeSignal } from '@kstreams/core/graph';
import type { FailedPunctuationSend, FailedSends, RefusedCommit } from '../../task/failed-sends.js';
import { RestartPolicy } from './restart-policy.js';

/** The reason of a restart. */
export type RestartKind = 'rolled-back' | 'fenced' | 'replaced' | 'replanned';

/** The state of a {@link Recovery}. */
export type RecoveryState = 'working' | RestartKind;

/** Actions of a recovery on its worker. */
export interface RecoveryActions {
  /** Resolves when every sent record has a result. */
  settle(): Promise<void>;
  /** Aborts the transaction and closes the tasks; their partitions stay. False when the log refused to abort. */
  abort(): Promise<boolean>;
  /** Opens the closed tasks again, from the last commit. */
  rewind(): Promise<void>;
  /** Closes the tasks and leaves the group; does nothing when the worker is not a member. */
  leave(): Promise<void>;
  /** Joins the group again. */
  join(): Promise<void>;
  /** Polls for at most `ms` milliseconds, so that the worker stays a member. */
  idle(ms: number): Promise<void>;
  /**
   * Passes refused output of schedules and timers to the error policy. Returns the longest `retryAfter` of its decisions, in
   * ms; throws when the policy fails the worker.
   */
  judge(sends: readonly FailedPunctuationSend[]): Promise<number>;
}

/** Options of a recovery. */
export interface RecoveryOptions {
  readonly clock: Clock;
  /** The longest outage of the log, in ms. */
  readonly retryTimeout: number;
  readonly actions: RecoveryActions;
  readonly failedSends: Pick<FailedSends, 'hasNew' | 'take' | 'takePunctuations'>;
  /** True when the error of a turn should restart the worker instead of failing it. */
  readonly replaces: (thrown: unknown) => boolean;
  /** Receives every restart and the error that caused it. */
  readonly restarting: (kind: RestartKind, error: Error) => void;
}

/**
 * Restarts a worker after failures.
 *
 * ```text
 *            commit failed, output refused
 *  working ─────────────────────────────────▶ rolled-back ── pause, rewind ──────┐
 *     │ │          │ the log refuses to abort                                    │
 *     │ │ fenced   ▼                                                             ▼
 *     │ └───────▶ fenced ───────────────┐                                     working
 *     │                                 ├── leave, pause, join ──────────────────▲
 *     │ turn failed                     │                                        │
 *     └────────▶ replaced ──────────────┤                                        │
 *     │ topics changed                  │                                        │
 *     └────────▶ replanned ─────────────┘────────────────────────────────────────┘
 * ```
 *
 * From every state a failed turn leads to `replaced`. An error that a restart cannot mend, and one restart more than
 * the {@link RestartPolicy} allows, are thrown and end the worker.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #policy: RestartPolicy;
  readonly #signal: WakeSignal;
  #state: RecoveryState = 'working';
  /** The earliest monotonic time of the restart, in ms. */
  #until = Number.NEGATIVE_INFINITY;

  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#policy = new RestartPolicy(options.clock, options.retryTimeout);
    this.#signal = new WakeSignal(options.clock);
  }

  get state(): RecoveryState {
    return this.#state;
  }

  /** True when the worker may process and commit. */
  get working(): boolean {
    return this.#state === 'working';
  }

  /** Rolls the worker back to its last commit after a failed commit; throws an error that cannot be retried. */
  async commitFailed(thrown: unknown): Promise<void> {
    if (this.#options.failedSends.hasNew) return this.sendsFailed();
    if (thrown instanceof FencedError) return this.#restart('fenced', thrown);
    if (!isRetriable(thrown)) throw thrown;
    const aborted = await this.#options.actions.abort();
    this.#restart(aborted ? 'rolled-back' : 'fenced', thrown);
  }

  /**
   * Rolls the worker back to its last commit after the log refused output. Records that caused it are judged when they
   * are read again; output of schedules and timers is judged now. Throws when a changelog refused rows for no reason of
   * theirs.
   */
  async sendsFailed(): Promise<void> {
    const { actions, failedSends } = this.#options;
    await actions.settle();
    const aborted = await actions.abort();
    const kind = aborted ? 'rolled-back' : 'fenced';
    const refused = failedSends.take();
    const punctuations = failedSends.takePunctuations();
    if (refused?.outcome === 'fatal') throw refused.error;
    const [first] = punctuations;
    if (first === undefined) {
      const { error, outcome } = refused as RefusedCommit;
      // The attempts of a record are counted by its error policy.
      return outcome === 'found' ? this.#enter(kind, error, 0) : this.#restart(kind, error);
    }
    try {
      this.#restart(kind, first.error, aborted ? await actions.judge(punctuations) : 0);
    } catch (thrown) {
      if (!(thrown instanceof FencedError)) throw thrown;
      this.#restart('fenced', thrown);
    }
  }

  /** Replaces the worker after a failed turn, or joins again after it was fenced; throws an error that ends it. */
  turnFailed(thrown: unknown): void {
    if (thrown instanceof FencedError) {
      this.#restart('fenced', thrown);
      return;
    }
    if (!isRetriable(thrown) && !this.#options.replaces(thrown)) throw thrown;
    this.#restart('replaced', thrown);
  }

  /** Joins the group again at once, because the plan has changed. */
  replan(reason: string): void {
    this.#enter('replanned', new TransportError(reason, {}, undefined, true), 0);
  }

  /** Begins a new row of restarts, because work was committed. */
  committed(): void {
    this.#policy.succeeded();
  }

  /** Takes one step towards `working`; resolves to true once it is reached. */
  async proceed(): Promise<boolean> {
    if (this.#state === 'working') return true;
    const { actions, clock } = this.#options;
    const seen = this.#signal.count;
    const rejoins = this.#state !== 'rolled-back';
    if (rejoins) await actions.leave();
    const pause = this.#until - clock.monotonic();
    if (pause > 0) {
      await (rejoins ? this.#signal.wait(seen, pause) : actions.idle(pause));
      return false;
    }
    await (rejoins ? actions.join() : actions.rewind());
    this.#state = 'working';
    return true;
  }

  /** Ends a pause early. */
  wake(): void {
    this.#signal.notify();
  }

  #restart(kind: RestartKind, thrown: unknown, leastPause = 0): void {
    const pause = Math.max(this.#policy.next(thrown), leastPause);
    const error = thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
    this.#enter(kind, error, pause);
  }

  #enter(kind: RestartKind, error: Error, pause: number): void {
    this.#state = kind;
    this.#until = this.#options.clock.monotonic() + pause;
    this.#options.restarting(kind, error);
  }
}

/** True for a failure of the log that may pass with a retry. */
const isRetriable = (thrown: unknown): boolean => thrown instanceof TransportError && thrown.retriable;
