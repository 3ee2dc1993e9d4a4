/** The input of the workload: written continuously, and watched until it is processed. */

import { setTimeout as pause } from 'node:timers/promises';
import { partitionId } from '@kstreams/core/graph';
import type { Transport } from 'kstreams';
import { type Consumer, type Position, partitionFor, toUtf8 } from 'kstreams/authors';
import type { Part, Send } from './parts/part.js';

/** The approximate rate, in moments per second. */
const rate = 300;
/** The longest time without progress of disturbed processes, in ms. */
const patience = 120_000;
/** The time of a wait after which nothing is written until it ends, in ms: a slow machine would never catch up. */
const longestLoad = 20_000;

/** Writes input until it is stopped. */
export class Traffic {
  readonly #log: Transport;
  readonly #group: string;
  readonly #parts: readonly Part[];
  readonly #partitions = new Map<string, number>();
  readonly #held = new Set<string>();
  #consumer: Consumer | undefined;
  #paused = false;
  #eased = false;
  #stopped = false;

  constructor(log: Transport, group: string, parts: readonly Part[]) {
    this.#log = log;
    this.#group = group;
    this.#parts = parts;
  }

  /** Creates the topics. */
  async prepare(): Promise<void> {
    const topics = this.#parts.flatMap((part) => part.topics);
    for (const { name, partitions } of topics) this.setPartitions(name, partitions);
    const admin = await this.#log.admin();
    await admin.create(topics);
    await admin.close();
  }

  /** Sets the number of partitions that later records of a topic are spread over. */
  setPartitions(topic: string, count: number): void {
    this.#partitions.set(topic, count);
  }

  /** Writes nothing until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  /** Pauses the part that writes a topic. */
  hold(topic: string): void {
    this.#held.add(topic);
  }

  /** Resumes the part that writes a topic. */
  release(topic: string): void {
    this.#held.delete(topic);
  }

  /** Writes until `stop`. Resolves when everything is on the log. */
  async run(): Promise<void> {
    const producer = await this.#log.producer({ clientId: 'chaos-traffic' });
    const send: Send = (topic, key, value) => {
      const bytes = toUtf8(key);
      const partition = partitionFor(bytes, this.#partitions.get(topic) as number);
      producer.send({ topic, partition, key: bytes, value: toUtf8(value), timestamp: Date.now(), headers: [] });
    };
    for (let moment = 0; !this.#stopped; moment++) {
      while ((this.#paused || this.#eased) && !this.#stopped) await pause(100);
      for (const part of this.#parts) {
        if (!part.inputs.some((topic) => this.#held.has(topic))) part.write(moment, send);
      }
      if (moment % 20 === 19) await pause((20 * 1_000) / rate);
    }
    await producer.flush();
    await producer.close();
  }

  stop(): void {
    this.#stopped = true;
  }

  /**
   * Resolves when all input on the log is committed. Returns the time it took, in ms. Fails after 120 s and `standstill` ms
   * without progress.
   */
  async caughtUp(standstill = 0): Promise<number> {
    const started = performance.now();
    const longest = patience + standstill;
    const places = this.#inputs();
    const ends = await this.#withRetry(longest, (consumer) => consumer.offsets(places, 'latest'));
    const targets: readonly Position[] = places.map((one, i) => ({ ...one, offset: ends[i] ?? 0 }));
    let [left, moved] = [Number.POSITIVE_INFINITY, started];
    try {
      for (;;) {
        const committed = await this.#withRetry(longest, (consumer) => consumer.committed(places));
        const behind = targets.map(({ offset }, i) => Math.max(0, offset - (committed[i]?.offset ?? 0)));
        const sum = behind.reduce((all, one) => all + one, 0);
        const now = performance.now();
        if (sum === 0) return now - started;
        if (sum < left) [left, moved] = [sum, now];
        if (now - moved > longest) {
          const stopped = targets.filter((_, i) => (behind[i] as number) > 0).map(partitionId);
          throw new Error(`${stopped.join(', ')} made no progress for ${longest / 1_000} s`);
        }
        this.#eased = now - started > longestLoad;
        await pause(100);
      }
    } finally {
      this.#eased = false;
    }
  }

  async close(): Promise<void> {
    // The run is over: a broker that no longer responds loses nothing of it.
    await this.#consumer?.close().catch(() => {});
  }

  #inputs(): readonly Omit<Position, 'offset'>[] {
    return this.#parts
      .flatMap(({ inputs }) => inputs)
      .flatMap((topic) =>
        Array.from({ length: this.#partitions.get(topic) as number }, (_, partition) => ({ topic, partition })),
      );
  }

  /** Retries, since a restarting broker does not respond. */
  async #withRetry<R>(longest: number, read: (consumer: Consumer) => Promise<R>): Promise<R> {
    const deadline = performance.now() + longest;
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
