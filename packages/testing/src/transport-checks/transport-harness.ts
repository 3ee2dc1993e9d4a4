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

/** How long one poll of a check waits, in ms. */
const pollWait = 100;

/** A transport under test: makes topics and clients, waits for what takes its time, and closes all in the end. */
export class TransportHarness {
  readonly transport: Transport;
  readonly #patience: number;
  readonly #clients: { close(): Promise<void> }[] = [];

  constructor(transport: Transport, patience: number) {
    this.transport = transport;
    this.#patience = patience;
  }

  /** A name that nothing else has: a log may outlive many checks. */
  name(word: string): string {
    return `check-${word}-${systemClock.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
  }

  /** Makes a topic and answers its name. Nothing expires unless set: the records of checks are of 1970. */
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

  /** A consumer without a group, from the beginning of so many partitions of a topic. */
  async reader(topic: string, partitions = 1, options: Partial<ConsumerOptions> = {}): Promise<Consumer> {
    const consumer = await this.consumer(options);
    consumer.assign(partitionsOf(topic, partitions).map((one) => ({ ...one, offset: 0 })));
    return consumer;
  }

  /** A member of a group; it joins while it is polled. */
  async member(options: MemberOptions): Promise<Member> {
    const { group, instanceId } = options;
    const consumer = await this.consumer(instanceId === undefined ? { group } : { group, instanceId });
    const member = new Member(consumer, options);
    await member.join();
    return member;
  }

  /** Polls until there are so many records. */
  async read(consumer: Consumer, count: number): Promise<readonly Received[]> {
    const records: Received[] = [];
    await this.until(`${count} records are read`, async () => {
      if (records.length < count) records.push(...(await consumer.poll(1_000, pollWait)));
      return records.length >= count || `${records.length} were`;
    });
    return records;
  }

  /** Polls members, all at once as in an application, until something holds of them. */
  async poll(members: readonly Member[], what: string, holds: () => boolean): Promise<void> {
    await this.until(what, async () => {
      await Promise.all(members.map((member) => member.poll(pollWait)));
      return holds() || `members hold ${print(members.map(({ held }) => held))}`;
    });
  }

  /** Tries until the answer is true; when that takes too long, throws with the last answer, which says what is wrong. */
  async until(what: string, holds: () => Promise<true | string> | true | string): Promise<void> {
    const deadline = systemClock.now() + this.#patience;
    for (;;) {
      const answer = await holds();
      if (answer === true) return;
      if (systemClock.now() > deadline) throw new Error(`waited ${this.#patience} ms until ${what}; ${answer}`);
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

/** The first partitions of a topic. */
export const partitionsOf = (topic: string, count: number): readonly TopicPartition[] =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));

/** A record to be sent; what is not given is plain. */
export const recordOf = (topic: string, value: string, given: Partial<Outgoing> = {}): Outgoing => ({
  topic,
  partition: 0,
  key: null,
  value: toUtf8(value),
  timestamp: 1_000,
  headers: noHeaders,
  ...given,
});

/** A record's value as text. */
export const textOf = ({ value }: Received): string | null => (value === null ? null : fromUtf8(value));
