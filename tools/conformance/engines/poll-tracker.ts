import { partitionId } from '@kstreams/core/graph';
import type { Transport } from 'kstreams';
import type { Consumer, TopicPartition } from 'kstreams/authors';

/**
 * A transport that reports each poll of its applications. At a poll, all earlier records are processed, and due
 * commits are done.
 */
export class PollTracker {
  readonly transport: Transport;
  readonly #followed: readonly TopicPartition[];
  readonly #reached = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  #failure: { readonly thrown: unknown } | undefined;

  /** `followed` are the partitions read without a group: those of global tables. */
  constructor(transport: Transport, followed: readonly TopicPartition[]) {
    this.#followed = followed;
    this.transport = {
      ...transport,
      consumer: async (options) => {
        const consumer = await transport.consumer(options);
        const poll = consumer.poll.bind(consumer);
        consumer.poll = (max, wait) => {
          if (options.group === undefined) this.#follow(consumer);
          this.#wake();
          return poll(max, wait);
        };
        return consumer;
      },
    };
  }

  /** Returns the position of a global table in a partition. */
  reached(partition: TopicPartition): number {
    return this.#reached.get(partitionId(partition)) ?? 0;
  }

  /** Resolves at the next poll; rejects once the application has failed. */
  async next(): Promise<void> {
    if (this.#failure === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }

  /** Fails all waits, since the application has failed. */
  fail(thrown: unknown): void {
    this.#failure = { thrown };
    this.#wake();
  }

  #follow(consumer: Consumer): void {
    for (const one of this.#followed) {
      const position = consumer.position(one);
      if (position !== undefined) this.#reached.set(partitionId(one), position);
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
