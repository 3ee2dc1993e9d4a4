/**
 * An application whose results show every record that was lost or counted twice, with a repartition topic on the way.
 */

import { expect } from '@jest/globals';
import { type Streams, streams, type Table, type Transport, topic, toUtf8 } from '@kstreams/core';
import type { App } from '@kstreams/runtime';
import { int32, json, string } from '@kstreams/serde';
import { awaitCommitted } from './await-committed.js';
import { readTopic } from './read-topic.js';

type Numbers = readonly number[];

/** Collects numbers by their remainder modulo three. A number that is processed twice appears twice. */
export class CollectingApp {
  readonly name: string;
  readonly partitions: number;
  readonly app: Streams;
  readonly table: Table<number, Numbers>;
  readonly #log: Transport;

  /** Creates the application for a log that has no topics of this name. */
  constructor(log: Transport, name: string, partitions = 1) {
    this.#log = log;
    this.name = name;
    this.partitions = partitions;
    this.app = streams(name);
    this.table = this.app
      .stream(topic(this.input, { key: string, value: json<number>() }))
      .groupBy((value) => value % 3, { key: int32 })
      .aggregate(
        (): Numbers => [],
        (all, value) => [...all, value],
        { name: 'all', value: json<Numbers>() },
      );
    this.table.toStream().to(topic(this.output, { key: int32, value: json<Numbers | null>() }));
  }

  get input(): string {
    return `${this.name}-numbers`;
  }

  get output(): string {
    return `${this.name}-seen`;
  }

  /** Creates the topics that it reads and writes. */
  async prepare(): Promise<this> {
    const admin = await this.#log.admin();
    const { partitions } = this;
    await admin.create([this.input, this.output].map((name) => ({ name, partitions, config: {} })));
    await admin.close();
    return this;
  }

  /** Sends numbers, spread over the partitions in turn. */
  async send(from: number, to: number): Promise<void> {
    const producer = await this.#log.producer({ clientId: 'test' });
    for (let i = from; i < to; i++) {
      const partition = i % this.partitions;
      const [key, value] = [toUtf8('k'), toUtf8(String(i))];
      producer.send({ topic: this.input, partition, key, value, timestamp: i + 1, headers: [] });
    }
    await producer.flush();
    await producer.close();
  }

  /** Resolves when the first `count` numbers are committed, or the application has failed. */
  async read(app: Pick<App, 'name' | 'state'>, count: number): Promise<void> {
    for (let partition = 0; partition < this.partitions; partition++) {
      const end = Math.ceil((count - partition) / this.partitions);
      await awaitCommitted(this.#log, app, { topic: this.input, partition }, end);
    }
  }

  /** Returns the rows of the state in these processes, once it holds `count` numbers. */
  async rows(apps: readonly App[], count: number): Promise<Map<number, Numbers>> {
    for (;;) {
      const rows = new Map<number, Numbers>();
      for (const app of apps) {
        for await (const [key, { value }] of app.view<number, Numbers>('all').all()) rows.set(key, value);
      }
      const held = [...rows.values()].reduce((sum, all) => sum + all.length, 0);
      if (held >= count || apps.some(({ state }) => state === 'failed')) return rows;
      await new Promise((go) => setImmediate(go));
    }
  }

  /**
   * Expects that state, changelog and committed output hold each of `count` numbers exactly once, in the order of one
   * partition.
   */
  async expectExactly(count: number, ...apps: readonly App[]): Promise<void> {
    const numbers = Array.from({ length: count }, (_, i) => i);
    const rows = await this.rows(apps, count);
    const sorted = new Map([...rows].map(([key, all]) => [key, [...all].sort((a, b) => a - b)]));
    expect(sorted).toEqual(new Map([0, 1, 2].map((key) => [key, numbers.filter((one) => one % 3 === key)])));
    if (this.partitions === 1) expect(rows).toEqual(sorted);
    const outputs = await this.#read(this.output);
    const changelog = await this.#read(`${this.name}-all-changelog`);
    for (const [key, all] of rows) {
      expect(outputs.filter(([first]) => (first as number) % 3 === key)).toEqual(
        all.map((_, i) => all.slice(0, i + 1)),
      );
      expect(changelog.filter(([first]) => (first as number) % 3 === key).at(-1)).toEqual(all);
    }
  }

  async #read(name: string): Promise<Numbers[]> {
    const records = await readTopic(this.#log, name);
    return records.map(({ value }) => JSON.parse(new TextDecoder().decode(value ?? undefined)));
  }
}
