import type { Outgoing, Producer, TopicPartition } from '@kstreams/core';
import { partitionId } from './group.js';
import type { Log } from './log.js';

/** A producer of the embedded log. */
export class EmbeddedProducer implements Producer {
  readonly #log: Log;
  readonly #ends = new Map<string, number>();
  #unwritten = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  get backlog(): number {
    return this.#unwritten;
  }

  send(record: Outgoing): void {
    const offset = this.#log.partition(record).append(record);
    this.#ends.set(partitionId(record), offset + 1);
    this.#unwritten++;
    this.#log.appended();
  }

  async drain(backlog: number): Promise<void> {
    if (this.#unwritten > backlog) await this.flush();
  }

  async flush(): Promise<void> {
    const unwritten = this.#unwritten;
    await this.#log.writer.flush();
    this.#unwritten -= unwritten;
  }

  acknowledged(partition: TopicPartition): number | undefined {
    return this.#ends.get(partitionId(partition));
  }

  async close(): Promise<void> {
    await this.flush();
  }
}
