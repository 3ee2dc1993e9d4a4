import { noHeaders } from '@kstreams/core';
import type { Transport } from 'kstreams';
import { type Consumer, type Producer, partitionFor, type Received, type TopicPartition } from 'kstreams/authors';
import type { CaseInput, Emitted } from '../case.js';
import { type Serdes, text } from '../statements/building.js';

/** The log access of a test: writes input, reads output, and compares commits with the log. */
export class LogAccess {
  readonly #partitions: number;
  readonly #transport: Transport;
  readonly #producer: Producer;
  readonly #reader: Consumer;
  readonly #group: Consumer;
  #sources: readonly TopicPartition[] = [];
  #outputs: ReadonlyMap<string, Serdes> = new Map();

  private constructor(transport: Transport, partitions: number, producer: Producer, reader: Consumer, group: Consumer) {
    this.#transport = transport;
    this.#partitions = partitions;
    this.#producer = producer;
    this.#reader = reader;
    this.#group = group;
  }

  static async open(transport: Transport, application: string, partitions: number): Promise<LogAccess> {
    const producer = await transport.producer({ clientId: 'input' });
    const reader = await transport.consumer({ clientId: 'output' });
    const group = await transport.consumer({ clientId: 'group', group: application });
    return new LogAccess(transport, partitions, producer, reader, group);
  }

  /** Creates topics with the partitions of this log. */
  async create(topics: ReadonlyMap<string, 'compact' | 'delete'>): Promise<void> {
    const admin = await this.#transport.admin();
    const partitions = this.#partitions;
    await admin.create(
      [...topics].map(([name, cleanup]) => ({ name, partitions, config: { 'cleanup.policy': cleanup } })),
    );
  }

  /** Sets the topics that the application reads and writes, which must exist. */
  async follow(sources: readonly string[], outputs: ReadonlyMap<string, Serdes>): Promise<void> {
    const admin = await this.#transport.admin();
    const described = await admin.topics();
    const partitionsOf = (topic: string): TopicPartition[] =>
      Array.from({ length: described.get(topic)?.partitions ?? 0 }, (_, partition) => ({ topic, partition }));
    this.#sources = sources.flatMap(partitionsOf);
    this.#outputs = outputs;
    this.#reader.assign([...outputs.keys()].flatMap(partitionsOf).map((one) => ({ ...one, offset: 0 })));
  }

  async write({ topic, key, value, ts }: CaseInput): Promise<void> {
    const at = { topic, headers: noHeaders };
    const bytes = key === null ? null : text.encode(key, at);
    this.#producer.send({
      topic,
      partition: bytes === null ? 0 : partitionFor(bytes, this.#partitions),
      key: bytes,
      value: value === null ? null : text.encode(value, at),
      timestamp: ts,
      headers: noHeaders,
    });
    await this.#producer.flush();
  }

  /** Returns the new output. */
  async read(): Promise<readonly Required<Emitted>[]> {
    const records: Required<Emitted>[] = [];
    for (;;) {
      const polled = await this.#reader.poll(1_000, 0);
      if (polled.length === 0) return records;
      records.push(...polled.map((received) => this.#decode(received)));
    }
  }

  /** True when the group has committed everything in its sources. */
  async consumed(): Promise<boolean> {
    const ends = await this.#group.offsets(this.#sources, 'latest-written');
    const committed = await this.#group.committed(this.#sources);
    return ends.every((end, i) => end === (committed[i]?.offset ?? 0));
  }

  /** Returns the end of a partition. */
  async end(partition: TopicPartition): Promise<number> {
    return (await this.#group.offsets([partition], 'latest-written'))[0] as number;
  }

  #decode({ topic, key, value, timestamp, headers }: Received): Required<Emitted> {
    const serdes = this.#outputs.get(topic) as Serdes;
    const at = { topic, headers };
    return {
      topic,
      key: key === null ? null : serdes.key.decode(key, at),
      value: value === null ? null : serdes.value.decode(value, at),
      ts: timestamp,
    };
  }
}
