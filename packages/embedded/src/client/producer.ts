import {
  type CommittedOffset,
  ConfigError,
  type Consumer,
  checkOffsetMetadata,
  type Outgoing,
  type Producer,
  type ProducerOptions,
  partitionId,
  type TopicPartition,
} from '@kstreams/core/graph';
import type { Log } from '../log/log.js';
import type { Appender } from '../log/record-batch.js';
import type { TransactionalId } from '../transactions/transactional-id.js';
import { EmbeddedConsumer } from './consumer.js';

/** Producer of the embedded log. */
export class EmbeddedProducer implements Producer, Appender {
  readonly #log: Log;
  readonly #registered: TransactionalId | undefined;
  readonly #failed: ProducerOptions['failed'];
  readonly #ends = new Map<string, number>();
  #backlog = 0;
  #failure: unknown;

  /** Writes are transactional when `transactions` is given; `failed` receives records that are refused. */
  constructor(log: Log, transactions: TransactionalId | undefined, failed?: ProducerOptions['failed']) {
    this.#log = log;
    this.#registered = transactions;
    this.#failed = failed;
  }

  get backlog(): number {
    return this.#backlog;
  }

  send(record: Outgoing): void {
    try {
      this.#log.topics.partition(record).append(record, this, this.#registered?.current);
      this.#backlog++;
    } catch (thrown) {
      if (thrown instanceof ConfigError) throw thrown;
      this.#failure ??= thrown;
      this.#failed?.(record, thrown as Error, 'record');
    }
  }

  acknowledge(partition: TopicPartition, end: number, count: number): void {
    this.#backlog -= count;
    this.#ends.set(partitionId(partition), end);
  }

  async drain(backlog: number): Promise<void> {
    if (this.#backlog > backlog) await this.#log.writer.flush();
  }

  async flush(): Promise<void> {
    await this.#log.writer.flush();
    this.#check();
  }

  acknowledged(partition: TopicPartition): number | undefined {
    return this.#ends.get(partitionId(partition));
  }

  begin(): void {
    this.#transactions().begin();
    this.#failure = undefined;
  }

  async sendOffsets(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void> {
    if (!(consumer instanceof EmbeddedConsumer)) throw new ConfigError('the consumer is one of another transport');
    const transaction = this.#transactions().current;
    for (const offset of offsets) checkOffsetMetadata(offset);
    transaction.addOffsets(consumer.fence(offsets), offsets);
  }

  async commit(): Promise<void> {
    const transactions = this.#transactions();
    if (transactions.current.open) this.#check();
    await transactions.commit();
  }

  async abort(): Promise<void> {
    await this.#transactions().abort();
    this.#failure = undefined;
  }

  async close(): Promise<void> {
    await this.#registered?.abort();
    await this.#log.writer.flush();
  }

  /** Throws the first failure. A transaction can then only be aborted; without one, the failure is thrown once. */
  #check(): void {
    const failure = this.#failure;
    if (this.#registered === undefined) this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  #transactions(): TransactionalId {
    if (this.#registered !== undefined) return this.#registered;
    throw new ConfigError('a producer without a transactionalId has no transactions');
  }
}
