import {
  type Admin,
  type Consumer,
  type ConsumerOptions,
  fromUtf8,
  noHeaders,
  type Outgoing,
  type Producer,
  type ProducerOptions,
  type Received,
  systemClock,
  type TopicPartition,
  type Transport,
  toUtf8,
} from '@kstreams/core/graph';
import { print } from './expect.js';
import { Member, type MemberOptions } from './member.js';

/** The longest wait of one poll, in ms. */
const pollWait = 100;

/** A transport under test. Creates topics and clients, waits for events and closes everything in the end. */
export class TransportHarness {
  readonly transport: Transport;
  readonly #patience: number;
  readonly #clients: { close(): Promise<void> }[] = [];

  constructor(transport: Transport, patience: number) {
    this.transport = transport;
    this.#patience = patience;
  }

  /** Returns a unique name, since a log may outlive many checks. */
  name(word: string): string {
    return `check-${word}-${systemClock.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
  }

  /** Creates a topic and returns its name. Nothing expires by default: the records of checks are from 1970. */
  async topic(partitions = 1, config: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = this.name('topic');
    const admin = await this.admin();
    await admin.create([{ name, partitions, config: { 'retention.ms': '-1', ...config } }]);
    return name;
  }

  async admin(): Promise<Admin> {
    return this.#keep(await this.transport.admin());
  }

  async producer(options: Partial<ProducerOptions> = {}): Promise<Producer> {
    return this.#keep(await this.transport.producer({ clientId: 'check', ...options }));
  }

  async consumer(options: Partial<ConsumerOptions> = {}): Promise<Consumer> {
    return this.#keep(await this.transport.consumer({ clientId: 'check', ...options }));
  }

  /** Returns a consumer without a group at the beginning of the first `partitions` partitions. */
  async reader(topic: string, partitions = 1, options: Partial<ConsumerOptions> = {}): Promise<Consumer> {
    const consumer = await this.consumer(options);
    consumer.assign(partitionsOf(topic, partitions).map((one) => ({ ...one, offset: 0 })));
    return consumer;
  }

  /** Returns a member of a group. It joins while it polls. */
  async member(options: MemberOptions): Promise<Member> {
    const { group, instanceId, label } = options;
    const named = instanceId === undefined ? { group } : { group, instanceId };
    const consumer = await this.consumer(label === undefined ? named : { ...named, label });
    const member = new Member(consumer, options);
    await member.join();
    return member;
  }

  /** Polls until `count` records are read. */
  async read(consumer: Consumer, count: number): Promise<readonly Received[]> {
    const records: Received[] = [];
    await this.until(`${count} records are read`, async () => {
      if (records.length < count) records.push(...(await consumer.poll(1_000, pollWait)));
      return records.length >= count || `${records.length} were`;
    });
    return records;
  }

  /** Polls all members concurrently until a condition holds. */
  async poll(members: readonly Member[], what: string, holds: () => boolean): Promise<void> {
    await this.until(what, async () => {
      await Promise.all(members.map((member) => member.poll(pollWait)));
      return holds() || `members hold ${print(members.map(({ held }) => held))}`;
    });
  }

  /** Retries until `holds` returns true. Throws with its last message after the longest wait. */
  async until(what: string, holds: () => Promise<true | string> | true | string): Promise<void> {
    const deadline = systemClock.monotonic() + this.#patience;
    for (;;) {
      const answer = await holds();
      if (answer === true) return;
      if (systemClock.monotonic() > deadline) throw new Error(`waited ${this.#patience} ms until ${what}; ${answer}`);
      await new Promise<void>((resolve) => systemClock.after(5, resolve));
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients.reverse()) await client.close();
    await this.transport.close();
  }

  #keep<C extends { close(): Promise<void> }>(client: C): C {
    this.#clients.push(client);
    return client;
  }
}

/** Returns the first `count` partitions of a topic. */
export const partitionsOf = (topic: string, count: number): readonly TopicPartition[] =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));

/** Returns a record with defaults for missing fields. */
export const recordOf = (topic: string, value: string, given: Partial<Outgoing> = {}): Outgoing => ({
  topic,
  partition: 0,
  key: null,
  value: toUtf8(value),
  timestamp: 1_000,
  headers: noHeaders,
  ...given,
});

/** Returns the value of a record as text. */
export const textOf = ({ value }: Received): string | null => (value === null ? null : fromUtf8(value));
