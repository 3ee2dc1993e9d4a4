/** The input of the load: numbered records, of which a table keeps the last one of each key. */
import { noHeaders, type Producer, partitionFor, type Transport } from '@kstreams/core';
import { int32, type Streams, streams, topic } from 'kstreams';

/** The number of keys, for three pages of a scan. Record `n` has the key `n % keys`. */
export const keys = 2_100;
/** The number of partitions and of tasks. */
export const partitions = 6;
/** The name of the table. */
export const store = 'latest';
/** The most records that the producer holds. */
const backlog = 50_000;

const numbersOf = (name: string) => topic(`${name}-numbers`, { key: int32, value: int32 });

/** Keeps the last record of each key: the rows are the same if some records are processed twice. */
export const latest = (name: string): Streams => {
  const app = streams(name);
  app
    .stream(numbersOf(name))
    .groupByKey()
    .reduce((_, number) => number, { name: store });
  return app;
};

/** Writes the numbers from 0 on. */
export class Input {
  readonly #topic: string;
  readonly #producer: Producer;
  #written = 0;

  private constructor(topic: string, producer: Producer) {
    this.#topic = topic;
    this.#producer = producer;
  }

  /** Creates the topic of an application. */
  static async open(log: Transport, application: string): Promise<Input> {
    const { name } = numbersOf(application);
    const admin = await log.admin();
    await admin.create([{ name, partitions, config: { 'retention.ms': '-1' } }]);
    await admin.close();
    return new Input(name, await log.producer({ clientId: 'load' }));
  }

  /** The number of written records. */
  get written(): number {
    return this.#written;
  }

  /** Writes the next records. */
  async write(count: number): Promise<void> {
    const topic = this.#topic;
    const at = { topic, headers: noHeaders };
    for (const end = this.#written + count; this.#written < end; this.#written++) {
      const number = this.#written;
      const key = int32.encode(number % keys, at);
      const partition = partitionFor(key, partitions);
      const value = int32.encode(number, at);
      this.#producer.send({ topic, partition, key, value, timestamp: number, headers: noHeaders });
      if (this.#producer.backlog > backlog) await this.#producer.drain(backlog / 2);
    }
    await this.#producer.flush();
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}

/** Returns the number in the row of a key once `count` numbers are processed. */
export const lastOf = (key: number, count: number): number => count - 1 - ((count - 1 - key) % keys);

/** True when a number can be in the row of a key. */
export const belongsTo = (key: unknown, number: unknown): boolean =>
  Number.isSafeInteger(key) && Number.isSafeInteger(number) && (number as number) % keys === key;
