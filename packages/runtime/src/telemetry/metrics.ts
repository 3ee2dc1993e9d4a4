import type {
  DropReason,
  FailureKind,
  Histogram,
  NodeId,
  RecordSource,
  Telemetry,
  Tracing,
} from '@kstreams/core/graph';
import { type Counter, CounterSet } from './counter-set.js';
import { instruments } from './instruments.js';
import type { RecordDroppedEvent } from './record-dropped-event.js';
import { TopicGauges } from './topic-gauges.js';

/** The numbers of records and commits since the start. */
export interface AppCounts {
  readonly processed: number;
  readonly restored: number;
  readonly commits: number;
}

/** The decision of an error policy. */
export type ErrorDecision = 'fail' | 'skip' | 'dead-letter' | 'retry';

/** The counters of the records of one topic. */
export interface TopicCounters {
  readonly consumed: Counter;
  readonly processed: Counter;
}

/**
 * The totals of one application. They are counted with and without telemetry, which only reads them. Measured times are
 * kept with telemetry only.
 */
export class Metrics {
  /** Receives the totals, and the series that parts of the application add; `undefined` without telemetry. */
  readonly telemetry: Telemetry | undefined;
  /** Creates the spans of the application; `undefined` without tracing. */
  readonly tracing: Tracing | undefined;
  /** The gauges of topics; `undefined` without telemetry. */
  readonly topics: TopicGauges | undefined;
  /** The kind of the log. */
  readonly system: string;
  readonly transactions: CounterSet<'kstreams.worker' | 'kstreams.transaction.outcome'>;
  readonly restarts: CounterSet<'kstreams.worker' | 'kstreams.restart.kind'>;
  readonly rebalances: CounterSet<'kstreams.worker' | 'kstreams.rebalance.kind'>;
  readonly commits: CounterSet<'kstreams.worker'>;
  readonly restored: CounterSet<'kstreams.store'>;
  readonly storeReads: CounterSet<'kstreams.store'>;
  readonly callRetries: CounterSet<'kstreams.node'>;
  readonly punctuations: CounterSet<'kstreams.subtopology'>;
  /** `app.counts`: sums of the totals, as of each access. */
  readonly counts: AppCounts;
  readonly #consumed: CounterSet<(typeof instruments.consumedMessages.attributes)[number]>;
  readonly #sent: CounterSet<(typeof instruments.sentMessages.attributes)[number]>;
  readonly #processed: CounterSet<'messaging.destination.name'>;
  readonly #dropped: CounterSet<'kstreams.node' | 'kstreams.drop.reason'>;
  readonly #differingKeys: CounterSet<'messaging.destination.name'>;
  readonly #deadLetters: CounterSet<'messaging.destination.name'>;
  readonly #removed: CounterSet<'messaging.destination.name'>;
  readonly #lateness = new Map<NodeId, Histogram>();
  readonly #errors: CounterSet<'kstreams.node' | 'kstreams.error.kind' | 'kstreams.error.decision'>;

  constructor(telemetry?: Telemetry, system = 'kstreams', tracing?: Tracing) {
    this.telemetry = telemetry;
    this.tracing = tracing;
    this.topics = telemetry && new TopicGauges(telemetry);
    this.system = system;
    this.transactions = new CounterSet(instruments.transactions, telemetry);
    this.restarts = new CounterSet(instruments.restarts, telemetry);
    this.rebalances = new CounterSet(instruments.rebalances, telemetry);
    this.commits = new CounterSet(instruments.commits, telemetry);
    this.restored = new CounterSet(instruments.restoredRecords, telemetry);
    this.storeReads = new CounterSet(instruments.storeReads, telemetry);
    this.callRetries = new CounterSet(instruments.callRetries, telemetry);
    this.punctuations = new CounterSet(instruments.punctuations, telemetry);
    this.#consumed = new CounterSet(instruments.consumedMessages, telemetry);
    this.#sent = new CounterSet(instruments.sentMessages, telemetry);
    this.#processed = new CounterSet(instruments.recordsProcessed, telemetry);
    this.#dropped = new CounterSet(instruments.recordsDropped, telemetry);
    this.#differingKeys = new CounterSet(instruments.differingKeys, telemetry);
    this.#removed = new CounterSet(instruments.recordsRemoved, telemetry);
    this.#deadLetters = new CounterSet(instruments.deadLetters, telemetry);
    this.#errors = new CounterSet(instruments.errors, telemetry);
    const [processed, restored, commits] = [this.#processed, this.restored, this.commits];
    this.counts = {
      get processed() {
        return processed.total;
      },
      get restored() {
        return restored.total;
      },
      get commits() {
        return commits.total;
      },
    };
  }

  /** Returns the counters of a topic that is read. */
  topic(topic: string): TopicCounters {
    const destination = { 'messaging.destination.name': topic };
    const polled = { 'messaging.system': this.system, 'messaging.operation.name': 'poll' };
    return { consumed: this.#consumed.of({ ...polled, ...destination }), processed: this.#processed.of(destination) };
  }

  /** Returns the counter of the records sent to a topic. */
  sent(topic: string): Counter {
    return this.#sent.of({
      'messaging.system': this.system,
      'messaging.operation.name': 'send',
      'messaging.destination.name': topic,
    });
  }

  /** Counts a dropped record, and reports the first one of its node and reason. */
  dropped(node: NodeId, reason: DropReason, emit?: (event: RecordDroppedEvent) => void, record?: RecordSource): void {
    const first = this.#dropped.of({ 'kstreams.node': node, 'kstreams.drop.reason': reason }).total++ === 0;
    if (first) emit?.({ kind: 'record-dropped', node, reason, ...(record && { record }) });
  }

  /** Measures the time by which a dropped record is late, in ms. */
  late(node: NodeId, time: number): void {
    if (this.telemetry === undefined) return;
    let histogram = this.#lateness.get(node);
    if (histogram === undefined) {
      histogram = this.telemetry.histogram(instruments.lateness, { 'kstreams.node': node });
      this.#lateness.set(node, histogram);
    }
    histogram.record(Math.max(0, time) / 1_000);
  }

  /** Counts a record whose key has other bytes than its serde writes. Returns true for the first one of its topic. */
  keyBytesDiffer(topic: string): boolean {
    return this.#differingKeys.of({ 'messaging.destination.name': topic }).total++ === 0;
  }

  /** Counts records that the log deleted before they were read. */
  removed(topic: string, count: number): void {
    this.#removed.of({ 'messaging.destination.name': topic }).total += count;
  }

  /** Counts a dead letter. */
  deadLetter(topic: string): void {
    this.#deadLetters.of({ 'messaging.destination.name': topic }).total++;
  }

  /** Counts a judged failure. */
  judged(node: NodeId, kind: FailureKind, decision: ErrorDecision): void {
    this.#errors.of({
      'kstreams.node': node,
      'kstreams.error.kind': kind,
      'kstreams.error.decision': decision,
    }).total++;
  }

  /** Returns the numbers of drops by node and reason, in the order of their first drop. */
  get drops(): readonly { readonly node: NodeId; readonly reason: DropReason; readonly count: number }[] {
    return [...this.#dropped.entries()].map(([attributes, { total }]) => ({
      node: String(attributes['kstreams.node']),
      reason: attributes['kstreams.drop.reason'] as DropReason,
      count: total,
    }));
  }
}
