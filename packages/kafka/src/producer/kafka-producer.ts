import {
  type Cancel,
  type CommittedOffset,
  ConfigError,
  type Consumer,
  type Outgoing,
  type Producer,
  type ProducerOptions,
  type TopicPartition,
} from '@kstreams/core/graph';
import { codes, producerInstruments, refusalOf, requestTimeout } from '@kstreams/kafka-common';
import type { NativeError, NativeProducer, ProducerEvents } from '../client/addon.js';
import { Callbacks } from '../client/callbacks.js';
import { ClientProblems } from '../client/client-problems.js';
import { type ClientContext, connect } from '../client/connect.js';
import { createClient } from '../client/create-client.js';
import { nativeCall } from '../client/native-call.js';
import { nativeBytesOf, nativeHeadersOf, nativeTimestampOf } from '../client/records.js';
import { producerSettings } from '../client/settings.js';
import { guardTokenRefresh } from '../client/token-refresh.js';
import { KafkaConsumer } from '../consumer/kafka-consumer.js';
import { nativeOffsetOf } from '../consumer/offset-commits.js';
import { DeliveryTracker } from './delivery-tracker.js';
import { SentRecords } from './sent-records.js';
import { TransactionManager } from './transaction-manager.js';

/** A producer of a Kafka cluster. */
export class KafkaProducer implements Producer {
  readonly #native: NativeProducer;
  readonly #deliveries: DeliveryTracker;
  readonly #transactions: TransactionManager | undefined;
  readonly #failed: ProducerOptions['failed'];
  /** Records that wait for room in the client's queue, or for the transaction to begin; in order. */
  readonly #queue: Outgoing[] = [];
  readonly #removals: readonly Cancel[];
  readonly #problems = new ClientProblems();
  readonly #callbacks = new Callbacks((failure) => this.#deliveries.fail(failure));
  /** The records without a report, for `failed`. */
  readonly #sent = new SentRecords();
  #failures = 0;
  /** Resolves when the client has the current partitions of a topic; set while records wait for that. */
  #refreshing: Promise<void> | undefined;
  #closed = false;

  private constructor({ addon, settings, clock }: ClientContext, options: ProducerOptions) {
    const callbacks = this.#callbacks;
    const all = producerSettings(settings, options);
    this.#native = createClient(() => new addon.Producer({ ...all, ...guardTokenRefresh(all, callbacks) }, undefined));
    this.#failed = options.failed;
    this.#deliveries = new DeliveryTracker(options.transactionalId !== undefined);
    this.#removals = producerInstruments(options.telemetry, options.clientId, {
      queued: () => this.#queue.length,
      failures: () => this.#failures,
    });
    callbacks.listen<ProducerEvents, 'delivery-report'>(this.#native, 'delivery-report', (failure, report) => {
      const error = this.#deliveries.reported(failure && this.#explained(failure), report);
      const record = report.opaque === undefined ? undefined : this.#sent.take(report.opaque);
      if (error !== undefined) this.#failures++;
      if (error !== undefined && record !== undefined) this.#failed?.(record, error, refusalOf(failure as NativeError));
      if (this.#queue.length > 0) this.#produceQueued();
    });
    const { transactionalId } = options;
    if (transactionalId !== undefined)
      this.#transactions = new TransactionManager(this.#native, clock, transactionalId);
  }

  /** Connects a producer and initializes its transactions. */
  static async open(context: ClientContext, options: ProducerOptions): Promise<KafkaProducer> {
    const producer = new KafkaProducer(context, options);
    try {
      await connect(producer.#native, producer.#callbacks, context, producer.#problems);
    } catch (failure) {
      producer.#release();
      throw failure;
    }
    producer.#native.setPollInBackground(true);
    try {
      await producer.#transactions?.init();
    } catch (failure) {
      await producer.close();
      throw failure;
    }
    return producer;
  }

  get backlog(): number {
    return this.#deliveries.unreported + this.#queue.length;
  }

  send(record: Outgoing): void {
    if (this.#queue.length > 0 || this.#transactions?.beginning === true || !this.#produce(record))
      this.#queue.push(record);
  }

  async drain(backlog: number): Promise<void> {
    await this.#refreshing;
    while (this.#queue.length > 0 && !this.#deliveries.mustAbort) {
      await this.#deliveries.drained(this.#deliveries.unreported - 1);
    }
    await this.#deliveries.drained(backlog);
  }

  async flush(): Promise<void> {
    await this.#transactions?.ready();
    while (this.#refreshing !== undefined) await this.#refreshing;
    while (this.#queue.length > 0 && this.#deliveries.unreported > 0 && !this.#deliveries.mustAbort) {
      await this.#deliveries.drained(this.#deliveries.unreported - 1);
    }
    await this.#deliveries.settled();
    const failure = this.#deliveries.takeFailure();
    if (failure !== undefined) throw failure;
  }

  acknowledged(partition: TopicPartition): number | undefined {
    return this.#deliveries.end(partition);
  }

  begin(): void {
    void this.#requireTransactions()
      .begin()
      .then(
        () => this.#produceQueued(),
        // The failure reaches the next flush, commit or offsets.
        () => {},
      );
  }

  async sendOffsets(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void> {
    const transactions = this.#requireTransactions();
    if (!(consumer instanceof KafkaConsumer)) {
      throw new ConfigError('a transaction takes offsets of a Kafka consumer only: open it on the same transport');
    }
    consumer.checkAssigned(offsets);
    if (offsets.length > 0) await transactions.sendOffsets(offsets.map(nativeOffsetOf), consumer.native);
  }

  async commit(): Promise<void> {
    const transactions = this.#requireTransactions();
    await this.flush();
    await transactions.commit();
  }

  async abort(): Promise<void> {
    const transactions = this.#requireTransactions();
    // A transaction that failed to begin needs no abort.
    await transactions.ready().catch(() => {});
    this.#queue.length = 0;
    await this.#deliveries.abort(() => transactions.abort());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#transactions?.open === true) {
      // Brokers abort a transaction that is left open after its timeout.
      await this.abort().catch(() => {});
    }
    await new Promise<void>((resolve) => this.#native.disconnect(requestTimeout, resolve));
    this.#release();
  }

  /** Releases everything but the native client. */
  #release(): void {
    for (const remove of this.#removals) remove();
    this.#callbacks.clear();
  }

  /**
   * Passes a record to the client; false when its queue is full, or when the partition is unknown to a client that was
   * not `refreshed`. A refused record fails the next flush.
   */
  #produce(record: Outgoing, refreshed = false): boolean {
    const { topic, partition, key, value, timestamp, headers } = record;
    const number = this.#failed && this.#sent.add(record);
    try {
      this.#native.produce(
        topic,
        partition,
        nativeBytesOf(value),
        nativeBytesOf(key),
        nativeTimestampOf(timestamp),
        number,
        nativeHeadersOf(headers),
      );
    } catch (thrown) {
      if (number !== undefined) this.#sent.take(number);
      const failure = this.#explained(thrown as NativeError);
      if (failure.code === codes.queueFull) return false;
      if (failure.code === codes.unknownPartition && !refreshed) {
        this.#refreshing ??= this.#refresh(topic);
        return false;
      }
      // Inside a transaction this state means that an earlier record failed: the transaction must abort, then retry.
      const mustAbort = failure.code === codes.wrongState && this.#transactions !== undefined;
      const error = this.#deliveries.failed(failure, { topic, partition }, mustAbort || undefined);
      this.#failures++;
      this.#failed?.(record, error, 'record');
      return true;
    }
    this.#deliveries.sent({ topic, partition });
    return true;
  }

  /** Requests the partitions of a topic, then produces the records that waited for them. */
  async #refresh(topic: string): Promise<void> {
    // After a failed request the first of the records fails, with its partition.
    await nativeCall((done) => this.#native.getMetadata({ topic, timeout: requestTimeout }, done)).catch(() => {});
    this.#refreshing = undefined;
    this.#produceQueued(true);
  }

  /** Produces queued records until the client's queue is full. */
  #produceQueued(refreshed = false): void {
    if (this.#transactions?.beginning === true || this.#refreshing !== undefined) return;
    let count = 0;
    const next = (): boolean => this.#produce(this.#queue[count] as Outgoing, refreshed && count === 0);
    while (count < this.#queue.length && next()) count++;
    this.#queue.splice(0, count);
  }

  /** Returns an error with the reason of the client's fatal error, if it had one. */
  #explained(failure: NativeError): NativeError {
    const reason = failure.code === codes.fatal ? this.#problems.fatal : undefined;
    return reason === undefined ? failure : Object.assign(failure, { message: reason });
  }

  #requireTransactions(): TransactionManager {
    if (this.#transactions !== undefined) return this.#transactions;
    throw new ConfigError('this producer has no transactions: open it with { transactionalId }');
  }
}
