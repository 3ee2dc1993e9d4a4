import {
  type Clock,
  type CommittedOffset,
  ConfigError,
  type Consumer,
  type Outgoing,
  type Producer,
  type ProducerOptions,
  type TopicPartition,
} from '@kstreams/core/graph';
import type { Addon, NativeError, NativeProducer } from './addon.js';
import { requestTimeout } from './ask.js';
import { connect, type Log } from './client.js';
import { nativeOffsetOf } from './commits.js';
import { KafkaConsumer } from './consumer.js';
import { Deliveries } from './deliveries.js';
import { codes } from './errors.js';
import { nativeHeadersOf, nativeTimestampOf, present } from './record.js';
import { brokersOf, type ConnectionSettings, producerSettings } from './settings.js';
import { Transactions } from './transactions.js';

/** What a producer shares with the other clients of its transport. */
export interface ProducerContext {
  readonly addon: Addon;
  readonly settings: ConnectionSettings;
  readonly clock: Clock;
  readonly log: Log;
}

/** A producer of a cluster. */
export class KafkaProducer implements Producer {
  readonly #native: NativeProducer;
  readonly #deliveries = new Deliveries();
  readonly #transactions: Transactions | undefined;
  readonly #failed: ProducerOptions['failed'];
  /** What the client has no room for, or what waits for the transaction to open; in order. */
  readonly #held: Outgoing[] = [];
  #closed = false;

  private constructor({ addon, settings, clock }: ProducerContext, options: ProducerOptions) {
    this.#native = new addon.Producer(producerSettings(settings, options), undefined);
    this.#failed = options.failed;
    this.#native.on('delivery-report', (failure, report) => {
      const error = this.#deliveries.reported(failure, report);
      if (error !== undefined && report.opaque !== undefined) this.#failed?.(report.opaque, error);
      if (this.#held.length > 0) this.#release();
    });
    if (options.transactionalId !== undefined) this.#transactions = new Transactions(this.#native, clock);
  }

  static async open(context: ProducerContext, options: ProducerOptions): Promise<KafkaProducer> {
    const producer = new KafkaProducer(context, options);
    await connect(producer.#native, brokersOf(context.settings.brokers), context.log);
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
    return this.#deliveries.unreported + this.#held.length;
  }

  send(record: Outgoing): void {
    if (this.#held.length > 0 || this.#transactions?.opening === true || !this.#produce(record))
      this.#held.push(record);
  }

  async drain(backlog: number): Promise<void> {
    while (this.#held.length > 0) await this.#deliveries.drained(this.#deliveries.unreported - 1);
    await this.#deliveries.drained(backlog);
  }

  async flush(): Promise<void> {
    await this.#transactions?.opened();
    while (this.#held.length > 0 && this.#deliveries.unreported > 0) {
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
    void this.#needTransactions()
      .begin()
      .then(
        () => this.#release(),
        () => {},
      );
  }

  async sendOffsets(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void> {
    const transactions = this.#needTransactions();
    if (!(consumer instanceof KafkaConsumer)) {
      throw new ConfigError('the offsets of a transaction must be those of a consumer of the same transport');
    }
    consumer.checkOwned(offsets);
    if (offsets.length > 0) await transactions.sendOffsets(offsets.map(nativeOffsetOf), consumer.native);
  }

  async commit(): Promise<void> {
    const transactions = this.#needTransactions();
    await this.flush();
    await transactions.commit();
  }

  async abort(): Promise<void> {
    const transactions = this.#needTransactions();
    await transactions.opened().catch(() => {});
    this.#held.length = 0;
    this.#deliveries.dropping = true;
    try {
      await transactions.abort();
      await this.#deliveries.drained(0);
      this.#deliveries.takeFailure();
    } finally {
      this.#deliveries.dropping = false;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#transactions?.open === true) await this.abort().catch(() => {});
    await new Promise<void>((resolve) => this.#native.disconnect(requestTimeout, resolve));
  }

  /** Hands a record to the client; false when its queue is full. A record that it refuses fails the next flush. */
  #produce(record: Outgoing): boolean {
    const { topic, partition, key, value, timestamp, headers } = record;
    try {
      this.#native.produce(
        topic,
        partition,
        present(value),
        present(key),
        nativeTimestampOf(timestamp),
        this.#failed && record,
        nativeHeadersOf(headers),
      );
    } catch (thrown) {
      const failure = thrown as NativeError;
      if (failure.code === codes.queueFull) return false;
      // Another record of the transaction was refused, which may not have been told yet: it has to be aborted.
      const spoilt = failure.code === codes.wrongState && this.#transactions !== undefined;
      const told = spoilt ? Object.assign(failure, { isTxnRequiresAbort: true }) : failure;
      const error = this.#deliveries.failed(told, { topic, partition });
      this.#failed?.(record, error);
      return true;
    }
    this.#deliveries.sent({ topic, partition });
    return true;
  }

  /** Hands over what was held, as far as there is room. */
  #release(): void {
    if (this.#transactions?.opening === true) return;
    let count = 0;
    while (count < this.#held.length && this.#produce(this.#held[count] as Outgoing)) count++;
    this.#held.splice(0, count);
  }

  #needTransactions(): Transactions {
    if (this.#transactions !== undefined) return this.#transactions;
    throw new ConfigError('this producer has no transactions: open it with { transactionalId }');
  }
}
