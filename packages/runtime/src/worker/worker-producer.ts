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
 * What a worker writes to the log. With transactions, one is begun with the first record or offset after a commit, so
 * that a worker with nothing to do troubles nobody.
 */
export class WorkerProducer {
  readonly transactional: boolean;
  readonly #producer: Producer;
  #open = false;

  constructor(producer: Producer, transactional: boolean) {
    this.#producer = producer;
    this.transactional = transactional;
  }

  /** How many records were handed over and not yet acknowledged. */
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

  /** Resolves when all that was sent before is acknowledged; rejects when any of it failed. */
  flush(): Promise<void> {
    return this.#producer.flush();
  }

  /** The offset after the last acknowledged record of a partition. */
  acknowledged(partition: TopicPartition): number | undefined {
    return this.#producer.acknowledged(partition);
  }

  /** Commits what was sent together with a group's offsets: all of it stands, or none. */
  async commit(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void> {
    if (offsets.length > 0) {
      this.#begin();
      await this.#sendOffsets(offsets, consumer);
    }
    if (!this.#open) return;
    await this.#producer.commit();
    this.#open = false;
  }

  /** Takes back what was sent since the last commit, where there are transactions. */
  async abort(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#producer.abort();
  }

  /** Resolves when the log has told of all that was sent, whatever it told. */
  async settle(): Promise<void> {
    if (!this.transactional) await this.#producer.flush().catch(() => {});
  }

  /** Lets go of the producer, and takes back what it left open. */
  close(): Promise<void> {
    return this.#producer.close();
  }

  #begin(): void {
    if (this.#open || !this.transactional) return;
    this.#producer.begin();
    this.#open = true;
  }

  /** A group that is just dividing its partitions anew refuses offsets of before; the next poll tells what came of it. */
  async #sendOffsets(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void> {
    try {
      await this.#producer.sendOffsets(offsets, consumer);
    } catch (thrown) {
      if (!(thrown instanceof FencedError)) throw thrown;
      throw new TransportError(`the group refuses the offsets: ${messageOf(thrown)}`, {}, thrown, true);
    }
  }
}
