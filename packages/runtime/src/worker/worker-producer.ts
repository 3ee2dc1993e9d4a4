import {
  type CommittedOffset,
  type Consumer,
  FencedError,
  messageOf,
  type Outgoing,
  type Producer,
  type TopicPartition,
  TransportError,
} from '@kstreams/core/graph';

/**
 * The producer of a worker. A transaction begins with the first record or offset after a commit, so idle workers open
 * none.
 */
export class WorkerProducer {
  readonly transactional: boolean;
  readonly #producer: Producer;
  #open = false;

  constructor(producer: Producer, transactional: boolean) {
    this.#producer = producer;
    this.transactional = transactional;
  }

  /** The number of sent and unacknowledged records. */
  get backlog(): number {
    return this.#producer.backlog;
  }

  send(record: Outgoing): void {
    this.#begin();
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
  }

  /** Aborts the open transaction, if there is one. */
  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#producer.abort();
  }

  /** Resolves when the result of every sent record is known; transactional results arrive with the abort. */
  async settle(): Promise<void> {
    if (!this.transactional) await this.#producer.flush().catch(() => {});
  }

  /** Closes the producer and aborts its open transaction. */
  close(): Promise<void> {
    return this.#producer.close();
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
