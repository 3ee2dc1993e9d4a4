import {
  changelogTopic,
  type Decision,
  type Failure,
  type FailureKind,
  type NodeId,
  type OnError,
  ProductionError,
  type Received,
  reasonOf,
  StreamsError,
  type Subtopology,
  sinkTopic,
  toMilliseconds,
} from '@kstreams/core/graph';
import { located } from '../compile/guard.js';
import type { Scope } from '../compile/scope.js';
import type { ErrorDecision, Metrics } from '../telemetry/metrics.js';
import { deadLetter } from './dead-letter.js';
import { decide } from './decide.js';
import type { FailedSend } from './failed-sends.js';
import type { RecordCollector } from './record-collector.js';
import type { TaskOptions } from './task-options.js';

/** Applies the error policy of an application to the failures of one task: skips, sends dead letters, retries or fails. */
export class ErrorPolicy {
  readonly #application: string;
  readonly #onError: OnError;
  readonly #scope: Scope;
  readonly #collector: RecordCollector;
  readonly #metrics: Metrics;

  constructor(
    { application, metrics, onError }: Pick<TaskOptions, 'application' | 'metrics' | 'onError'>,
    scope: Scope,
    collector: RecordCollector,
  ) {
    this.#application = application;
    this.#onError = onError;
    this.#scope = scope;
    this.#collector = collector;
    this.#metrics = metrics;
  }

  /** Judges failed work. Returns the delay before a retry in ms; `undefined` for none. Throws the error if the policy fails. */
  judgeWork(
    thrown: unknown,
    kind: FailureKind,
    node: NodeId,
    record: Received | undefined,
    attempt: number,
  ): number | undefined {
    const error = located(thrown, node, this.#scope) as StreamsError;
    return this.#judge({ kind: kindOf(error, kind), error, record, attempt });
  }

  /** Judges a failed call, with the policy of its node if it has one. Returns the same as `judgeWork`. */
  judgeCall(
    thrown: unknown,
    node: NodeId,
    record: Received | undefined,
    attempt: number,
    policy?: OnError,
  ): number | undefined {
    const error = located(thrown, node, this.#scope) as StreamsError;
    return this.#judge({ kind: 'processing', error, record, attempt }, policy);
  }

  /** Judges a source record with output that the log refused. Returns the same as `judgeWork`. */
  judgeSend(
    { attempt, error, record: output }: FailedSend,
    { nodes }: Subtopology,
    source: NodeId,
    record: Received,
  ): number | undefined {
    const { id, source: from } = this.#scope;
    const { offset, partition, topic } = from;
    const step = nodes.find((one) =>
      one.kind === 'sink'
        ? sinkTopic(this.#application, one) === output.topic
        : one.kind === 'processor' &&
          one.stores.some((spec) => changelogTopic(this.#application, spec) === output.topic),
    );
    const why = `topic "${output.topic}" refused a record: ${reasonOf(error)}`;
    const failure = new ProductionError(why, { node: step?.id ?? source, task: id, topic, partition, offset }, error);
    return this.#judge({ kind: 'production', error: failure, record, attempt });
  }

  #judge(failure: Failure, policy = this.#onError): number | undefined {
    const decision = decide(policy, failure);
    const node = failure.error.location.node ?? 'task';
    this.#metrics.judged(node, failure.kind, decisionName(decision));
    if (decision === 'fail') throw failure.error;
    if (decision !== 'skip' && 'retryAfter' in decision) {
      return toMilliseconds(decision.retryAfter, "the error policy's `retryAfter`");
    }
    if (decision !== 'skip' && failure.record !== undefined) {
      const { error, record } = failure;
      const topic = decision.deadLetter;
      const partitions = this.#partitionsOf(topic, error);
      const limits = this.#collector.letterLimits(topic, record);
      const now = this.#scope.time.wall;
      this.#collector.sendDeadLetter(deadLetter({ ...limits, topic, partitions, record, error, now }), record);
      this.#metrics.deadLetter(topic);
    }
    this.#scope.drop(node, 'skipped-by-policy');
    return undefined;
  }

  /** Returns the partition count of a dead-letter topic. The error for a missing topic has the failure as its cause. */
  #partitionsOf(topic: string, error: Error): number {
    try {
      return this.#collector.partitions(topic);
    } catch (thrown) {
      const why =
        `the dead letter of a failed record cannot be sent: ${reasonOf(thrown)}; name it in \`deadLetters\` beside ` +
        '`onError`, so that the start checks it';
      throw new ProductionError(why, error instanceof StreamsError ? error.location : {}, error);
    }
  }
}

/** Returns the kind of a failure. Decoding and encoding run within the processing of a record. */
const kindOf = (error: StreamsError, kind: FailureKind): FailureKind => {
  if (error instanceof ProductionError) return 'production';
  const decoding = kind === 'processing' && error.code === 'KSTREAMS_SERDE' && error.location.offset !== undefined;
  return decoding ? 'deserialisation' : kind;
};

/** Returns the name of a decision in metrics. */
export const decisionName = (decision: Decision): ErrorDecision => {
  if (typeof decision === 'string') return decision;
  return 'deadLetter' in decision ? 'dead-letter' : 'retry';
};
