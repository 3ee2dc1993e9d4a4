import { partitionId } from '@kstreams/core/graph';
import type { Transport } from 'kstreams';
import type { Consumer, TopicPartition } from 'kstreams/authors';

/**
 * A transport that tells of each poll of the applications on it. A poll is a turn: when it is called, all that earlier
 * polls gave has been handed on, and what was done so far has been committed if that was due.
 */
export class Turns {
  readonly transport: Transport;
  readonly #followed: readonly TopicPartition[];
  readonly #reached = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  #failure: { readonly thrown: unknown } | undefined;

  /** `followed` are the partitions that are read without a group: those of global tables. */
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

  /** Up to where a partition of a global table is in that table. */
  reached(partition: TopicPartition): number {
    return this.#reached.get(partitionId(partition)) ?? 0;
  }

  /** Resolves at the next poll; rejects once the application has failed. */
  async next(): Promise<void> {
    if (this.#failure === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }

  /** The application has failed. */
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
