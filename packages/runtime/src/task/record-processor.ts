import {
  type FailureKind,
  type NodeId,
  Pending,
  type Received,
  type RecordSource,
  StateError,
  StorageError,
  type Subtopology,
} from '@kstreams/core/graph';
import type { AsyncStages } from '../async/async-stages.js';
import type { Scope } from '../compile/scope.js';
import type { ErrorPolicy } from './error-policy.js';
import type { FailedSends } from './failed-sends.js';
import type { ParkedRecord, ParkedRecords } from './parked-records.js';
import type { RecordCollector } from './record-collector.js';
import type { RecordQueue } from './record-queue.js';

/** The outcome of work: it is over, or the same work has to be repeated. */
export type Outcome = 'done' | 'again';

/** The position of the record that is being processed; none in a punctuation. */
export class CurrentSource implements RecordSource {
  topic = '';
  partition = -1;
  offset = -1;
  /** The timestamp of the last record in ms, as written, before an extractor changed it. */
  timestamp = -1;

  /** Moves to a record, or to none. */
  moveTo(record: Received | undefined): void {
    if (record === undefined) {
      this.topic = '';
      this.partition = -1;
      this.offset = -1;
      return;
    }
    this.topic = record.topic;
    this.partition = record.partition;
    this.offset = record.offset;
    this.timestamp = record.timestamp;
  }
}

/** Maximum number of parked records that are processed in one turn of the task. */
const burst = 100;

/** Maximum number of times that a record is parked. In a cache that is too small, its rows evict each other forever. */
const maxParks = 1_000;

/** Work that failed or was parked, and is processed again. */
interface RepeatedWork {
  /** Number of failed attempts. */
  attempts: number;
  parks: number;
  /** The error of a value that could not be loaded. */
  loadError: { readonly error: unknown } | undefined;
}

/** Options of a processor. */
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
  /** Set when records can be parked one by one; else the whole task is. */
  readonly parkedRecords: ParkedRecords | undefined;
  /** Returns monotonic time, in ms. */
  readonly monotonic: () => number;
  /** Called when the task is parked. */
  readonly park: (until: Promise<unknown>) => void;
  /** Called when a parked record is finished. */
  readonly advanceTime: () => void;
}

/**
 * Runs the work of one task: records, punctuations and results of calls. Work begins, is kept or rolled back, and is
 * parked in `run` and nowhere else. Nothing is allocated per record.
 */
export class RecordProcessor {
  readonly #options: RecordProcessorOptions;
  readonly #source: CurrentSource;
  readonly #collector: RecordCollector;
  #stages: AsyncStages | undefined;
  #parkedRecords: ParkedRecords | undefined;
  /** Work that is processed again, by its record or its node. */
  readonly #repeated = new Map<Received | NodeId, RepeatedWork>();
  /** The queue of the current record. */
  #queue: RecordQueue | undefined;
  /** The parked record that is being processed. */
  #resumed: ParkedRecord | undefined;
  #retryAt = Number.NEGATIVE_INFINITY;
  #parked = false;

  constructor(options: RecordProcessorOptions) {
    this.#options = options;
    this.#source = options.source;
    this.#collector = options.collector;
    this.#stages = options.stages;
    this.#parkedRecords = options.parkedRecords;
  }

  /** True while the task waits for a value that is not loaded. */
  get parked(): boolean {
    return this.#parked;
  }

  /** Monotonic time at which failed work may be retried, in ms. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** True while no work may run, at a monotonic time. */
  waiting(now: number): boolean {
    return this.#parked || this.#retryAt > now;
  }

  /** Continues after the task was parked. */
  unpark(): void {
    this.#parked = false;
  }

  /** Parks no later record, and tracks none for it. Called while none is parked or in flight. */
  endWaits(): void {
    this.#parkedRecords = undefined;
    if (this.#stages?.onlyParks === true) this.#stages = undefined;
  }

  /** Processes the head of a queue, or parks it. Returns `again` when it stays the head. */
  process(queue: RecordQueue): Outcome {
    const stages = this.#stages;
    this.#queue = queue;
    this.#collector.input = queue;
    if (stages === undefined) return this.#attemptHead();
    return stages.runTracked(this.#attemptHead, this.#options.time.stream, queue.tracked, queue.received);
  }

  /** Processes ready parked records. Returns true if there were any. */
  resume(): boolean {
    const { advanceTime, monotonic } = this.#options;
    const [parkedRecords, stages] = [this.#parkedRecords, this.#stages];
    if (parkedRecords?.ready === undefined || stages === undefined) return false;
    const at = monotonic();
    let resumed = 0;
    for (; resumed < burst && !this.waiting(at); resumed++) {
      const ready: ParkedRecord | undefined = parkedRecords.ready;
      if (ready === undefined) break;
      this.#resumed = ready;
      stages.inFlight.current = ready.inFlight;
      if (this.#attempt(ready.queue.node, ready.received, this.#processParked, this.#parkAgain) === 'again') break;
      // A record that is parked again is not ready.
      if (parkedRecords.ready !== ready) continue;
      parkedRecords.remove();
      ready.queue.counters.processed.total++;
      advanceTime();
    }
    return resumed > 0;
  }

  /** Runs a piece of work. Throws a failure that the error policy does not handle. */
  run(
    kind: FailureKind,
    node: NodeId,
    record: Received | undefined,
    work: () => void,
    park?: (until: Promise<unknown>) => Outcome,
  ): Outcome {
    this.#source.moveTo(record);
    this.#collector.begin(kind === 'punctuation' ? kind : 'record', node, record);
    try {
      if (this.#repeated.size > 0) this.#throwLoadError(record ?? node);
      work();
    } catch (thrown) {
      this.#collector.rollBack();
      const error = thrown instanceof Pending ? this.#notParkable(node, record ?? node) : thrown;
      if (error !== undefined) return this.#failed(error, kind, node, record);
      const until = this.#whenLoaded(thrown as Pending, record ?? node);
      return park === undefined ? this.#parkTask(until) : park(until);
    }
    this.#collector.keep();
    if (this.#repeated.size > 0) this.#repeated.delete(record ?? node);
    return 'done';
  }

  /** Judges a failed call. Returns the delay before its retry in ms; `undefined` for none. */
  judgeCall: ErrorPolicy['judgeCall'] = (thrown, node, record, attempt, policy) => {
    this.#source.moveTo(record);
    return this.#options.errors.judgeCall(thrown, node, record, attempt, policy);
  };

  readonly #attemptHead = (): Outcome => {
    const { failedSends } = this.#options;
    const parkedRecords = this.#parkedRecords;
    const queue = this.#queue as RecordQueue;
    const { node, received } = queue as { readonly node: NodeId; readonly received: Received };
    // The log's refusals are judged in offset order, so no record may be overtaken meanwhile.
    if (parkedRecords === undefined || failedSends?.any === true || !queue.canPark) {
      return this.#attempt(node, received, this.#processHead);
    }
    if (parkedRecords.holds(received.key)) return this.#parkHead();
    return this.#attempt(node, received, this.#processHead, this.#parkHead);
  };

  #attempt(node: NodeId, received: Received, work: () => void, park?: (until: Promise<unknown>) => Outcome): Outcome {
    const { errors, failedSends, subtopology } = this.#options;
    const failed = failedSends?.toJudge(received);
    if (failed === undefined) return this.run('processing', node, received, work, park);
    this.#source.moveTo(received);
    const delay = errors.judgeSend(failed, subtopology, node, received);
    if (delay === undefined) return 'done';
    failed.judge = false;
    return this.#retryIn(delay);
  }

  readonly #processHead = (): void => {
    const { scope } = this.#options;
    const queue = this.#queue as RecordQueue;
    const record = queue.head();
    if (record.timestamp < 0) {
      scope.drop(queue.node, 'negative-timestamp');
      return;
    }
    this.#advance(queue, record.timestamp);
    queue.process(record);
  };

  readonly #processParked = (): void => {
    const { scope } = this.#options;
    const { decoded, queue, received } = this.#resumed as ParkedRecord;
    const record = decoded ?? queue.decode(received);
    if (record.timestamp < 0) scope.drop(queue.node, 'negative-timestamp');
    else queue.process(record);
  };

  /** Advances the clocks to the timestamp of a head. */
  #advance(queue: RecordQueue, timestamp: number): void {
    const { time } = this.#options;
    queue.advanceTime(timestamp);
    if (timestamp > time.stream) time.stream = timestamp;
    if (this.#stages !== undefined) this.#stages.inFlight.current.time = time.stream;
  }

  readonly #parkTask = (until: Promise<unknown>): Outcome => {
    this.#parked = true;
    this.#options.park(until);
    return 'again';
  };

  readonly #parkHead = (until?: Promise<unknown>): Outcome => {
    const queue = this.#queue as RecordQueue;
    this.#advance(queue, queue.headTimestamp);
    this.#parkedRecords?.add(queue, until);
    return 'done';
  };

  readonly #parkAgain = (until: Promise<unknown>): Outcome => {
    this.#parkedRecords?.parkAgain(until);
    return 'done';
  };

  /** Resolves when a value is loaded or cannot be loaded; the latter fails the next attempt of the work. */
  async #whenLoaded({ until }: Pending, work: Received | NodeId): Promise<void> {
    try {
      await until;
    } catch (error) {
      this.#repeat(work).loadError = { error };
    }
  }

  #throwLoadError(work: Received | NodeId): void {
    const repeated = this.#repeated.get(work);
    if (repeated?.loadError === undefined) return;
    const { error } = repeated.loadError;
    repeated.loadError = undefined;
    throw error;
  }

  /** Counts the parks of work. Returns an error if it must not be parked. */
  #notParkable(node: NodeId, work: Received | NodeId): StateError | undefined {
    if (!this.#collector.journal.rollsBack) {
      return new StateError('a step threw Pending without notice: declare `prefetch` or `prepare` on its serde', {
        node,
      });
    }
    if (++this.#repeat(work).parks <= maxParks) return undefined;
    const why = `a record was parked ${maxParks} times: give the state backend memory for all rows that one record reads`;
    return new StateError(why, { node });
  }

  #failed(error: unknown, kind: FailureKind, node: NodeId, record: Received | undefined): Outcome {
    if (error instanceof StorageError) throw error;
    const work = record ?? node;
    const attempt = ++this.#repeat(work).attempts;
    const delay = this.#options.errors.judgeWork(error, kind, node, record, attempt);
    if (delay !== undefined) return this.#retryIn(delay);
    this.#repeated.delete(work);
    return 'done';
  }

  #repeat(work: Received | NodeId): RepeatedWork {
    let repeated = this.#repeated.get(work);
    if (repeated === undefined) this.#repeated.set(work, (repeated = { attempts: 0, parks: 0, loadError: undefined }));
    return repeated;
  }

  #retryIn(delay: number): Outcome {
    this.#retryAt = this.#options.monotonic() + delay;
    return 'again';
  }
}
