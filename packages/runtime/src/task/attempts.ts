import {
  type Failure,
  type FailureKind,
  type NodeId,
  type OnError,
  Pending,
  ProductionError,
  type Received,
  reasonOf,
  StorageError,
  type StreamsError,
  type Subtopology,
  toMilliseconds,
} from '@kstreams/core/graph';
import { located } from '../compile/guard.js';
import type { Scope } from '../compile/scope.js';
import type { CausedOutlet } from './caused-outlet.js';
import { sendDeadLetter } from './dead-letter.js';
import type { FailedSend } from './failed-sends.js';
import type { RecordJournal } from './journal.js';
import type { Watch } from './watch.js';

/** What attempts act on. */
export interface AttemptOptions {
  readonly scope: Scope;
  /** Where dead letters go. */
  readonly outlet: CausedOutlet;
  readonly journal: RecordJournal;
  /** True when records must be taken back on a failure: an error policy is set, or a store is slow. */
  readonly journaled: boolean;
  readonly onError: OnError;
  readonly now: () => number;
  readonly watch: Watch | undefined;
}

/** What came of an attempt: it is over, or the same work is to be tried again. */
export type Outcome = 'done' | 'again';

/**
 * Runs the pieces of a task's work, records and punctuations, so that a failed piece leaves nothing behind wherever the
 * error policy may skip it or try again.
 */
export class Attempts {
  /** Settles once a value is loaded that the task waits for; `undefined` when it waits for none. */
  pending: Promise<unknown> | undefined;
  readonly #options: AttemptOptions;
  #retryAt = Number.NEGATIVE_INFINITY;
  #attempt = 1;

  constructor(options: AttemptOptions) {
    this.#options = options;
  }

  /** When the work in hand may be tried again, on the wall clock. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** True while nothing may be tried. */
  waiting(now: number): boolean {
    return this.pending !== undefined || this.#retryAt > now;
  }

  /** Runs a piece of work; throws what the policy lets fail. */
  run(kind: FailureKind, node: NodeId, record: Received | undefined, work: () => void): Outcome {
    const { journaled, journal, outlet, watch } = this.#options;
    outlet.begin(record, node);
    watch?.began(kind === 'punctuation' ? kind : 'record', node);
    if (journaled) journal.begin();
    try {
      work();
    } catch (thrown) {
      journal.rollBack();
      outlet.end();
      watch?.ended('taken-back');
      return this.#failed(thrown, kind, node, record);
    }
    if (journaled) journal.keep();
    outlet.end();
    watch?.ended('kept');
    this.#attempt = 1;
    return 'done';
  }

  /** Judges a record of which the log refused some output when it was done before. */
  refused(refusal: FailedSend, { nodes }: Subtopology, source: NodeId, record: Received): Outcome {
    const { attempt, error, record: output } = refusal;
    const { id, source: at } = this.#options.scope;
    const sink = nodes.find((one) => one.kind === 'sink' && one.topic === output.topic);
    const why = `topic "${output.topic}" refused a record: ${reasonOf(error)}`;
    const failure = new ProductionError(why, { node: sink?.id ?? source, task: id, ...at }, error);
    const wait = this.judge({ kind: 'production', error: failure, record, attempt });
    if (wait === undefined) return 'done';
    refusal.next = 'retry';
    this.#retryAt = this.#options.now() + wait;
    return 'again';
  }

  #failed(thrown: unknown, kind: FailureKind, node: NodeId, record: Received | undefined): Outcome {
    if (thrown instanceof Pending) {
      this.pending = thrown.until;
      return 'again';
    }
    if (thrown instanceof StorageError) throw thrown;
    const error = located(thrown, node, this.#options.scope) as StreamsError;
    const wait = this.judge({ kind: kindOf(error, kind), error, record, attempt: this.#attempt });
    this.#attempt = wait === undefined ? 1 : this.#attempt + 1;
    if (wait === undefined) return 'done';
    this.#retryAt = this.#options.now() + wait;
    return 'again';
  }

  /** Lets a policy judge a record for which a call failed so many times; answers as `judge` does. */
  judgeCall(
    thrown: unknown,
    node: NodeId,
    record: Received | undefined,
    attempt: number,
    policy?: OnError,
  ): number | undefined {
    const error = located(thrown, node, this.#options.scope) as StreamsError;
    return this.judge({ kind: 'processing', error, record, attempt }, policy);
  }

  /** Lets a policy judge a failure; answers after how many ms to try again, or `undefined` when it is dealt with. */
  judge(failure: Failure, policy: OnError = this.#options.onError): number | undefined {
    const { outlet, scope } = this.#options;
    const decision = policy(failure);
    if (decision === 'fail') throw failure.error;
    if (decision !== 'skip' && 'retryAfter' in decision) {
      return toMilliseconds(decision.retryAfter, "the error policy's `retryAfter`");
    }
    if (decision !== 'skip') sendDeadLetter(decision.deadLetter, failure, outlet);
    scope.drop(failure.error.place.node ?? 'task', 'skipped-by-policy');
    return undefined;
  }
}

/** Decoding and encoding happen inside the attempt: their errors carry codes of their own. */
const kindOf = (error: StreamsError, kind: FailureKind): FailureKind => {
  if (error instanceof ProductionError) return 'production';
  const decoding = kind === 'processing' && error.code === 'KSTREAMS_SERDE' && error.place.offset !== undefined;
  return decoding ? 'deserialisation' : kind;
};
