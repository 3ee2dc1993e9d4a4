import {
  type Cancel,
  type CommittedOffset,
  type Consumer,
  FencedError,
  messageOf,
  type Outgoing,
  type Producer,
  type TopicPartition,
  TransportError,
} from '@kstreams/core/graph';
import { Counter } from '../telemetry/counter-set.js';
import { instruments } from '../telemetry/instruments.js';
import type { Metrics } from '../telemetry/metrics.js';

/** Options of a worker's producer. */
export interface WorkerProducerOptions {
  readonly metrics: Metrics;
  readonly transactional: boolean;
  /** The index of the worker. */
  readonly worker: number;
}

/**
 * The producer of a worker. A transaction begins with the first record or offset after a commit, so idle workers open
 * none.
 */
export class WorkerProducer {
  readonly transactional: boolean;
  #producer: Producer;
  readonly #metrics: Metrics;
  readonly #worker: number;
  readonly #removeGauge: Cancel | undefined;
  /** The topic of the last record, with its counter. */
  #topic = '';
  #sent = new Counter();
  #open = false;

  constructor(producer: Producer, { metrics, transactional, worker }: WorkerProducerOptions) {
    this.#producer = producer;
    this.#metrics = metrics;
    this.#worker = worker;
    this.transactional = transactional;
    this.#removeGauge = metrics.telemetry?.gauge(
      instruments.backlog,
      { 'kstreams.worker': worker },
      () => this.#producer.backlog,
    );
  }

  /** The number of sent and unacknowledged records. */
  get backlog(): number {
    return this.#producer.backlog;
  }

  send(record: Outgoing): void {
    this.#begin();
    if (record.topic !== this.#topic) {
      this.#topic = record.topic;
      this.#sent = this.#metrics.sent(record.topic);
    }
    this.#sent.total++;
    this.#producer.send(record);
  }

  drain(backlog: number): Promise<void> {
    return this.#producer.drain(backlog);
  }

  /** Resolves when all sent records are acknowledged; rejects when one of them failed. */
  flush(): Promise<void> {
    return this.#producer.flush();
  }

  /** The offset after the last acknowledged record of a partition. */
  acknowledged(partition: TopicPartition): number | undefined {
    return this.#producer.acknowledged(partition);
  }

  /** Commits the sent records and a group's offsets in one transaction. */
  async commit(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void> {
    if (offsets.length > 0) {
      this.#begin();
      await this.#sendOffsets(offsets, consumer);
    }
    if (!this.#open) return;
    await this.#producer.commit();
    this.#open = false;
    this.#count('committed');
  }

  /** Aborts the open transaction, if there is one. */
  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#count('aborted');
    await this.#producer.abort();
  }

  /** Resolves when every sent record has a result; transactional results arrive with the abort. */
  async settle(): Promise<void> {
    if (this.transactional) return;
    // The failures are among the failed sends.
    await this.#producer.flush().catch(() => {});
  }

  /** Continues with another producer. Call it after a commit, while no record is in flight. */
  async replace(open: () => Promise<Producer>): Promise<void> {
    await this.#producer.close();
    this.#producer = await open();
  }

  /** Closes the producer and aborts its open transaction. */
  close(): Promise<void> {
    this.#removeGauge?.();
    return this.#producer.close();
  }

  #count(outcome: 'committed' | 'aborted'): void {
    this.#metrics.transactions.of({ 'kstreams.worker': this.#worker, 'kstreams.transaction.outcome': outcome }).total++;
  }

  #begin(): void {
    if (this.#open || !this.transactional) return;
    this.#producer.begin();
    this.#open = true;
  }

  /** A rebalancing group refuses offsets of the generation before; the next poll reports the outcome. */
  async #sendOffsets(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void> {
    try {
      await this.#producer.sendOffsets(offsets, consumer);
    } catch (thrown) {
      if (!(thrown instanceof FencedError)) throw thrown;
      throw new TransportError(`the group refuses the offsets: ${messageOf(thrown)}`, {}, thrown, true);
    }
  }
}
