import {
  type FailureKind,
  type NodeId,
  Pending,
  type Received,
  type RecordSource,
  StorageError,
  type Subtopology,
} from '@kstreams/core/graph';
import type { AsyncStages } from '../async/async-stages.js';
import type { Scope } from '../compile/scope.js';
import type { ErrorPolicy } from './error-policy.js';
import type { FailedSends } from './failed-sends.js';
import type { RecordCollector } from './record-collector.js';
import type { RecordQueue } from './record-queue.js';

/** The outcome of a piece of work: it is over, or the same work has to be repeated. */
export type Outcome = 'done' | 'again';

/** The position of the record that is being processed. */
export class CurrentSource implements RecordSource {
  topic = '';
  partition = 0;
  offset = -1;
}

/** Creates a processor. */
export interface RecordProcessorOptions {
  readonly subtopology: Subtopology;
  readonly scope: Scope;
  readonly source: CurrentSource;
  /** The stream time of the task, in ms. */
  readonly time: { stream: number };
  readonly collector: RecordCollector;
  readonly errors: ErrorPolicy;
  readonly failedSends: FailedSends | undefined;
  readonly stages: AsyncStages | undefined;
  readonly now: () => number;
  /** Called when work is parked until a value is loaded. */
  readonly parked: (until: Promise<unknown>) => void;
}

/**
 * Runs the work of one task: records, punctuations and results of calls. Work begins, is kept or rolled back, and is
 * parked in `run` and nowhere else. Nothing is allocated per record.
 */
export class RecordProcessor {
  readonly #options: RecordProcessorOptions;
  readonly #source: CurrentSource;
  readonly #collector: RecordCollector;
  /** The queue of the current record. */
  #queue: RecordQueue | undefined;
  #retryAt = Number.NEGATIVE_INFINITY;
  #attempt = 1;
  #parked = false;

  constructor(options: RecordProcessorOptions) {
    this.#options = options;
    this.#source = options.source;
    this.#collector = options.collector;
  }

  /** True while work waits for a value that is not loaded. */
  get parked(): boolean {
    return this.#parked;
  }

  /** When failed work may be retried, on the wall clock. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** True while no work may run. */
  waiting(now: number): boolean {
    return this.#parked || this.#retryAt > now;
  }

  /** Parks the work until `unpark`. */
  park(until: Promise<unknown>): void {
    this.#parked = true;
    this.#options.parked(until);
  }

  unpark(): void {
    this.#parked = false;
  }

  /** Processes the head of a queue. */
  process(queue: RecordQueue): Outcome {
    const { stages, time } = this.#options;
    this.#queue = queue;
    if (stages === undefined) return this.#attemptHead();
    return stages.runTracked(this.#attemptHead, time.stream, queue.tracked, queue.received);
  }

  /** Runs a piece of work. Throws a failure that the error policy does not handle. */
  run(kind: FailureKind, node: NodeId, record: Received | undefined, work: () => void): Outcome {
    if (record !== undefined) this.#moveTo(record);
    this.#collector.begin(kind === 'punctuation' ? kind : 'record', node, record);
    try {
      work();
    } catch (thrown) {
      this.#collector.rollBack();
      return this.#failed(thrown, kind, node, record);
    }
    this.#collector.keep();
    this.#attempt = 1;
    return 'done';
  }

  /** Judges a failed call. Returns the delay before its retry in ms; `undefined` for none. */
  judgeCall: ErrorPolicy['judgeCall'] = (thrown, node, record, attempt, policy) => {
    if (record !== undefined) this.#moveTo(record);
    return this.#options.errors.judgeCall(thrown, node, record, attempt, policy);
  };

  readonly #attemptHead = (): Outcome => {
    const { errors, failedSends, subtopology } = this.#options;
    const { node, received } = this.#queue as RecordQueue & { readonly received: Received };
    const failed = failedSends?.toJudge(received);
    if (failed === undefined) return this.run('processing', node, received, this.#processHead);
    this.#moveTo(received);
    const delay = errors.judgeSend(failed, subtopology, node, received);
    if (delay === undefined) return 'done';
    failed.next = 'retry';
    return this.#retryIn(delay);
  };

  readonly #processHead = (): void => {
    const { scope, stages, time } = this.#options;
    const queue = this.#queue as RecordQueue;
    const record = queue.head();
    const { timestamp } = record;
    if (timestamp < 0) {
      scope.drop(queue.node, 'negative-timestamp');
      return;
    }
    queue.advanceTime(timestamp);
    if (timestamp > time.stream) time.stream = timestamp;
    if (stages !== undefined) stages.inFlight.current.time = time.stream;
    queue.process(record);
  };

  #failed(thrown: unknown, kind: FailureKind, node: NodeId, record: Received | undefined): Outcome {
    if (thrown instanceof Pending) {
      this.park(thrown.until);
      return 'again';
    }
    if (thrown instanceof StorageError) throw thrown;
    const delay = this.#options.errors.judgeWork(thrown, kind, node, record, this.#attempt);
    this.#attempt = delay === undefined ? 1 : this.#attempt + 1;
    return delay === undefined ? 'done' : this.#retryIn(delay);
  }

  #retryIn(delay: number): Outcome {
    this.#retryAt = this.#options.now() + delay;
    return 'again';
  }

  #moveTo({ offset, partition, topic }: Received): void {
    this.#source.topic = topic;
    this.#source.partition = partition;
    this.#source.offset = offset;
  }
}
