import type { Cancel, Histogram, Telemetry } from '@kstreams/core/graph';
import type { QueryOperation } from '../access.js';
import type { ProblemCode } from '../protocol/bodies.js';
import { instruments } from './instruments.js';

/** The protocol of a server of queries. */
export type QueryProtocol = 'http' | 'grpc';

/** The totals of one operation. */
interface OperationMetrics {
  readonly byStatus: Map<string, { total: number }>;
  readonly duration: Histogram;
  rows: number;
}

/** The metrics of a server of queries, while its application runs with telemetry. */
export class QueryMetrics {
  readonly #telemetry: Telemetry;
  readonly #protocol: QueryProtocol;
  readonly #operations = new Map<QueryOperation, OperationMetrics>();
  readonly #removals: Cancel[] = [];
  #dropped = 0;

  constructor(telemetry: Telemetry, protocol: QueryProtocol) {
    this.#telemetry = telemetry;
    this.#protocol = protocol;
    const attributes = { 'kstreams.query.protocol': protocol };
    this.#removals.push(telemetry.counter(instruments.droppedSubscribers, attributes, () => this.#dropped));
  }

  /** Counts a query that ended after a time in ms. Those without a time are not measured. */
  ended(operation: QueryOperation, status: ProblemCode | 'ok', rows: number, milliseconds?: number): void {
    const metrics = this.#of(operation);
    metrics.rows += rows;
    if (milliseconds !== undefined) metrics.duration.record(milliseconds / 1_000);
    const counted = metrics.byStatus.get(status) ?? this.#count(operation, status, metrics);
    counted.total++;
  }

  /** Counts a subscriber that is dropped. */
  dropped(): void {
    this.#dropped++;
  }

  /** Adds the number of open subscriptions. */
  subscribers(read: () => number): void {
    const attributes = { 'kstreams.query.protocol': this.#protocol };
    this.#removals.push(this.#telemetry.gauge(instruments.subscribers, attributes, read));
  }

  /** Removes all series. */
  close(): void {
    for (const remove of this.#removals.splice(0)) remove();
  }

  #of(operation: QueryOperation): OperationMetrics {
    const known = this.#operations.get(operation);
    if (known !== undefined) return known;
    const attributes = { 'kstreams.query.protocol': this.#protocol, 'kstreams.query.operation': operation };
    const duration = this.#telemetry.histogram(instruments.duration, attributes);
    const metrics: OperationMetrics = { byStatus: new Map(), duration, rows: 0 };
    this.#operations.set(operation, metrics);
    this.#removals.push(
      this.#telemetry.counter(instruments.rows, attributes, () => metrics.rows),
      () => duration.remove(),
    );
    return metrics;
  }

  #count(operation: QueryOperation, status: string, { byStatus }: OperationMetrics): { total: number } {
    const counted = { total: 0 };
    byStatus.set(status, counted);
    const attributes = {
      'kstreams.query.protocol': this.#protocol,
      'kstreams.query.operation': operation,
      'kstreams.query.status': status,
    };
    this.#removals.push(this.#telemetry.counter(instruments.requests, attributes, () => counted.total));
    return counted;
  }
}
