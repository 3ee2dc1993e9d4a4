/** The input of the workload: written continuously, remembered, and watched until it is processed. */

import { setTimeout as pause } from 'node:timers/promises';
import { partitionId } from '@kstreams/core/graph';
import type { Transport } from 'kstreams';
import { type Consumer, type Outgoing, type Position, partitionFor, toUtf8 } from 'kstreams/authors';
import { clicks, orders, pages, partitions, payments, topics } from './workload.js';

/** The approximate rate, in records per second. */
const rate = 300;
/** The longest time for disturbed processes to continue, in ms. */
const patience = 120_000;

/** Writes input until it is stopped. */
export class Traffic {
  /** The number of clicks of each page. */
  readonly clicks = new Map<string, number>();
  /** The number of placed orders, each with a payment. */
  orders = 0;
  readonly #log: Transport;
  readonly #group: string;
  #consumer: Consumer | undefined;
  #stopped = false;

  constructor(log: Transport, group: string) {
    this.#log = log;
    this.#group = group;
  }

  /** Creates the topics. */
  async prepare(): Promise<void> {
    const admin = await this.#log.admin();
    await admin.create(topics.map(({ name }) => ({ name, partitions, config: {} })));
    await admin.close();
  }

  /** Writes until `stop`. Resolves when everything is on the log. */
  async run(): Promise<void> {
    const producer = await this.#log.producer({ clientId: 'chaos-traffic' });
    const send = (topic: string, key: string, value: string): void => {
      const bytes = toUtf8(key);
      const partition = partitionFor(bytes, partitions);
      const record: Outgoing = {
        topic,
        partition,
        key: bytes,
        value: toUtf8(value),
        timestamp: Date.now(),
        headers: [],
      };
      producer.send(record);
    };
    for (let i = 0; !this.#stopped; i++) {
      const page = `page-${(i * 7) % pages}`;
      send(clicks.name, `visitor-${i % 50}`, page);
      this.clicks.set(page, (this.clicks.get(page) ?? 0) + 1);
      if (i % 3 === 0) {
        const order = `order-${this.orders++}`;
        send(orders.name, order, `${order} placed`);
        send(payments.name, order, `${order} paid`);
      }
      if (i % 20 === 19) await pause((20 * 1_000) / rate);
    }
    await producer.flush();
    await producer.close();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when everything on the log is committed. Returns the time it took, in ms. */
  async caughtUp(): Promise<number> {
    const started = performance.now();
    const names = [clicks, orders, payments].map(({ name }) => name);
    const places = names.flatMap((topic) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    );
    const ends = await this.#withRetry((consumer) => consumer.offsets(places, 'latest'));
    const targets: readonly Position[] = places.map((one, i) => ({ ...one, offset: ends[i] ?? 0 }));
    for (;;) {
      const committed = await this.#withRetry((consumer) => consumer.committed(places));
      if (targets.every(({ offset }, i) => (committed[i]?.offset ?? 0) >= offset)) return performance.now() - started;
      if (performance.now() - started > patience) {
        const left = targets.filter(({ offset }, i) => (committed[i]?.offset ?? 0) < offset);
        throw new Error(`${left.map(partitionId).join(', ')} made no progress for ${patience / 1_000} s`);
      }
      await pause(100);
    }
  }

  async close(): Promise<void> {
    // The run is over: a broker that no longer responds loses nothing of it.
    await this.#consumer?.close().catch(() => {});
  }

  /** Retries, since a restarting broker does not respond. */
  async #withRetry<R>(read: (consumer: Consumer) => Promise<R>): Promise<R> {
    const deadline = performance.now() + patience;
    for (;;) {
      try {
        this.#consumer ??= await this.#log.consumer({ clientId: 'chaos-watch', group: this.#group });
        return await read(this.#consumer);
      } catch (thrown) {
        if (performance.now() > deadline) throw thrown;
        await pause(500);
      }
    }
  }
}
