import {
  type Cancel,
  type CommittedOffset,
  ConfigError,
  type Consumer,
  type Outgoing,
  type Producer,
  type ProducerOptions,
  type Refusal,
  recordSize,
  type TopicPartition,
} from '@kstreams/core/graph';
import { delay, errorOf, producerInstruments, recordOverhead, refusalOf, requestTimeout } from '@kstreams/kafka-common';
import { Cluster } from '../client/cluster.js';
import type { ClientContext } from '../client/context.js';
import { failureCodes, RequestError } from '../client/failures.js';
import { producerDefaults } from '../client/settings.js';
import { KafkaJsConsumer } from '../consumer/kafka-js-consumer.js';
import type { ProducerIdentity } from '../records/batch-builder.js';
import { BatchSender, RefusedBatch } from './batch-sender.js';
import { requestIdentity } from './identity.js';
import { PartitionQueue } from './partition-queue.js';
import { Transactions } from './transactions.js';
import { Waiters } from './waiters.js';

/** The time after which brokers abort an open transaction, in ms, unless it is set. */
const defaultTransactionTimeout = 10_000;

const noRecords: ReadonlySet<number> = new Set();

/** A producer of a Kafka cluster. */
export class KafkaJsProducer implements Producer {
  readonly #cluster: Cluster;
  readonly #options: ProducerOptions;
  readonly #queues = new Map<string, PartitionQueue[]>();
  readonly #sender: BatchSender;
  readonly #transactions: Transactions | undefined;
  readonly #waiters = new Waiters();
  readonly #maxRecordSize: number;
  readonly #batchBytes: number;
  readonly #removals: readonly Cancel[];
  #identity: ProducerIdentity = { id: -1n, epoch: -1, transactional: false };
  #backlog = 0;
  #failures = 0;
  #failure: Error | undefined;
  /** True after a record of the open transaction could not be written, until the abort. */
  #mustAbort = false;
  #aborting = false;
  /** True when brokers may have a batch that this producer gave up: the next transaction needs another epoch. */
  #uncertain = false;
  #closed = false;

  private constructor(context: ClientContext, options: ProducerOptions) {
    const settings = { ...producerDefaults, ...context.settings.producer };
    this.#options = options;
    this.#cluster = new Cluster(context, options.clientId);
    this.#maxRecordSize = settings.maxRecordBytes - recordOverhead;
    this.#batchBytes = Math.min(settings.batchBytes, settings.maxRecordBytes);
    const { telemetry, transactionalId } = options;
    if (transactionalId !== undefined) {
      this.#transactions = new Transactions(this.#cluster, transactionalId, () => this.#identity);
    }
    this.#sender = new BatchSender(
      this.#cluster,
      settings,
      {
        acknowledged: (queue, firstOffset) => this.#acknowledged(queue, firstOffset),
        failed: (queue, error, unknown) => this.#failed(queue, error, unknown),
        settled: () => this.#waiters.check(),
        urgent: () => this.#waiters.flushing,
        stopped: () => this.#mustAbort || this.#aborting,
        identity: () => this.#identity,
        renew: () => requestIdentity(this.#cluster, undefined),
      },
      transactionalId === undefined || this.#transactions === undefined
        ? undefined
        : { id: transactionalId, transactions: this.#transactions },
    );
    this.#removals = producerInstruments(telemetry, options.clientId, {
      queued: () => this.#all().reduce((sum, { unsent }) => sum + unsent, 0),
      failures: () => this.#failures,
    });
  }

  /** Connects a producer and initializes its transactions. */
  static async open(context: ClientContext, options: ProducerOptions): Promise<KafkaJsProducer> {
    const producer = new KafkaJsProducer(context, options);
    try {
      await producer.#cluster.connect();
      producer.#identity = await producer.#requestIdentity();
    } catch (failure) {
      await producer.close();
      throw failure;
    }
    return producer;
  }

  get backlog(): number {
    return this.#backlog;
  }

  send(record: Outgoing): void {
    const size = recordSize(record);
    const { partition, topic } = record;
    if (size > this.#maxRecordSize) {
      const words = `a record of ${size} bytes is too large: raise \`producer.maxRecordBytes\` and the limit of the topic`;
      this.#refuse(record, new RequestError(failureCodes.recordTooLarge, words), 'record');
      return;
    }
    if (this.#transactions?.open === false || this.#mustAbort) {
      this.#refuse(record, new RequestError(failureCodes.wrongTransactionState), 'record');
      return;
    }
    this.#backlog++;
    const queue = this.#queue(topic, partition);
    this.#sender.enqueue(queue, queue.add(record, size, this.#cluster.clock.monotonic()));
  }

  drain(backlog: number): Promise<void> {
    return this.#waiters.until(() => this.#backlog <= backlog || this.#mustAbort);
  }

  async flush(): Promise<void> {
    const settled = this.#waiters.settled(this.#all(), () => this.#mustAbort);
    this.#sender.dispatch();
    await settled;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  acknowledged({ partition, topic }: TopicPartition): number | undefined {
    return this.#queues.get(topic)?.[partition]?.end;
  }

  begin(): void {
    this.#requireTransactions().begin();
  }

  async sendOffsets(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void> {
    const transactions = this.#requireTransactions();
    if (!(consumer instanceof KafkaJsConsumer)) {
      throw new ConfigError('a transaction takes offsets of a Kafka consumer only: open it on the same transport');
    }
    transactions.requireOpen();
    consumer.checkAssigned(offsets);
    if (offsets.length === 0) return;
    const { group } = consumer.member;
    await transactions.sendOffsets(offsets, group, () => {
      consumer.checkAssigned(offsets);
      return consumer.member.identity;
    });
  }

  async commit(): Promise<void> {
    const transactions = this.#requireTransactions();
    transactions.requireOpen();
    await this.flush();
    await transactions.end(true);
  }

  async abort(): Promise<void> {
    const transactions = this.#requireTransactions();
    transactions.requireOpen();
    this.#aborting = true;
    try {
      for (const queue of this.#all()) {
        // Brokers may have a batch that waits for another attempt.
        if (queue.head?.sent === true) this.#uncertain = true;
        this.#backlog -= queue.drop();
      }
      await this.#waiters.until(() => this.#all().every(({ inFlight }) => !inFlight));
      for (const queue of this.#all()) this.#backlog -= queue.drop();
      if (this.#uncertain) await this.#renewTransaction();
      else await transactions.end(false);
      this.#failure = undefined;
    } finally {
      transactions.forget();
      this.#aborting = this.#mustAbort = false;
      this.#waiters.check();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const remove of this.#removals) remove();
    if (this.#transactions?.open === true) {
      // Brokers abort a transaction that is left open after its timeout.
      await this.abort().catch(() => {});
    } else if (this.#backlog > 0) {
      // The flush of the application has the error of records that cannot be written.
      await Promise.race([this.flush().catch(() => {}), delay(this.#cluster.clock, requestTimeout)]);
    }
    this.#sender.close();
    await this.#cluster.close();
  }

  #acknowledged(queue: PartitionQueue, firstOffset: bigint): void {
    const count = queue.shift()?.count ?? 0;
    queue.sequence = (queue.sequence + count) % 2 ** 31;
    if (firstOffset >= 0n) queue.end = Number(firstOffset) + count;
    this.#backlog -= count;
  }

  #failed(queue: PartitionQueue, failure: RequestError, unknown: boolean): void {
    const batch = queue.shift();
    this.#backlog -= batch?.count ?? 0;
    if (unknown) this.#uncertain = true;
    // The records of an aborted transaction are no failures.
    if (this.#aborting) return;
    const { partition, topic } = queue;
    const error = this.#errorOf(failure, { topic, partition });
    this.#failure ??= error;
    this.#failures += batch?.count ?? 0;
    const named = failure instanceof RefusedBatch ? failure.records : noRecords;
    batch?.records.forEach((record, i) => {
      if (named.size === 0) this.#options.failed?.(record, error, refusalOf(failure));
      else if (named.has(i)) this.#options.failed?.(record, error, 'record');
      else this.#options.failed?.(record, this.#errorOf(failure, { topic, partition }, true), refusalOf(failure));
    });
    if (this.#transactions !== undefined) this.#mustAbort = true;
  }

  /** Fails a record that is not sent. */
  #refuse(record: Outgoing, failure: RequestError, refusal: Refusal): void {
    const error = this.#errorOf(failure, { topic: record.topic, partition: record.partition });
    this.#failure ??= error;
    this.#failures++;
    this.#options.failed?.(record, error, refusal);
  }

  /** Returns the error of a record; `retry` for one that was refused because of another one of its batch. */
  #errorOf(failure: RequestError, place: TopicPartition, retry?: true): Error {
    return errorOf('a record cannot be delivered', failure, place, retry, `Write on topic "${place.topic}"`);
  }

  /** Continues under the next epoch, which aborts the open transaction: brokers refuse batches of the epoch before. */
  async #renewTransaction(): Promise<void> {
    this.#identity = await this.#requestIdentity(this.#identity);
    this.#uncertain = false;
    for (const queue of this.#all()) queue.sequence = 0;
  }

  #requestIdentity(current?: ProducerIdentity): Promise<ProducerIdentity> {
    const { transactionalId: id, transactionTimeout: timeout = defaultTransactionTimeout } = this.#options;
    return requestIdentity(this.#cluster, id === undefined ? undefined : { id, timeout }, current);
  }

  #queue(topic: string, partition: number): PartitionQueue {
    let ofTopic = this.#queues.get(topic);
    if (ofTopic === undefined) this.#queues.set(topic, (ofTopic = []));
    let queue = ofTopic[partition];
    if (queue === undefined) {
      const { failed, unbatched: single = false } = this.#options;
      const bounds = { bytes: this.#batchBytes, single, keepsRecords: failed !== undefined };
      ofTopic[partition] = queue = new PartitionQueue({ topic, partition }, bounds);
    }
    return queue;
  }

  #all(): readonly PartitionQueue[] {
    return [...this.#queues.values()].flat().filter((queue) => queue !== undefined);
  }

  #requireTransactions(): Transactions {
    if (this.#transactions !== undefined) return this.#transactions;
    throw new ConfigError('this producer has no transactions: open it with { transactionalId }');
  }
}
