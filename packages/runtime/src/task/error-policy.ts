import {
  type Decision,
  type Failure,
  type FailureKind,
  type NodeId,
  type OnError,
  type Outgoing,
  ProductionError,
  type Received,
  type RecordHeaders,
  reasonOf,
  roundRobin,
  StreamsError,
  type Subtopology,
  toMilliseconds,
  toUtf8,
} from '@kstreams/core/graph';
import { located } from '../compile/guard.js';
import type { Scope } from '../compile/scope.js';
import type { ErrorDecision, Metrics } from '../telemetry/metrics.js';
import { decide } from './decide.js';
import type { FailedSend } from './failed-sends.js';
import type { RecordCollector } from './record-collector.js';

/** Applies the error policy of an application to the failures of one task: skips, sends dead letters, retries or fails. */
export class ErrorPolicy {
  readonly #onError: OnError;
  readonly #scope: Scope;
  readonly #collector: RecordCollector;
  readonly #metrics: Metrics;

  constructor(onError: OnError, scope: Scope, collector: RecordCollector, metrics: Metrics) {
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
    const sink = nodes.find((one) => one.kind === 'sink' && one.topic === output.topic);
    const why = `topic "${output.topic}" refused a record: ${reasonOf(error)}`;
    const failure = new ProductionError(why, { node: sink?.id ?? source, task: id, topic, partition, offset }, error);
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
      const partitions = this.#partitionsOf(decision.deadLetter, error);
      this.#collector.sendDeadLetter(deadLetter(decision.deadLetter, record, error, partitions));
      this.#metrics.deadLetter(decision.deadLetter);
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

const nextPartition = roundRobin();

/** Returns the dead letter of a record: the bytes as read, with the headers of KIP-1034. */
const deadLetter = (topic: string, record: Received, error: Error, partitions: number): Outgoing => ({
  topic,
  partition: record.partition < partitions ? record.partition : nextPartition(partitions),
  key: record.key,
  value: record.value,
  timestamp: record.timestamp,
  headers: [...record.headers, ...errorHeaders(record, error)],
});

const errorHeaders = (record: Received, error: Error): RecordHeaders => {
  const cause = error.cause instanceof Error ? error.cause : error;
  return [
    ['__streams.errors.exception', toUtf8(cause.name)],
    ['__streams.errors.message', toUtf8(error.message)],
    ['__streams.errors.stacktrace', toUtf8(cause.stack ?? '')],
    ['__streams.errors.topic', toUtf8(record.topic)],
    ['__streams.errors.partition', toUtf8(String(record.partition))],
    ['__streams.errors.offset', toUtf8(String(record.offset))],
  ];
};
