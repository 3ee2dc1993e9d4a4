import {
  type AnyTopic,
  type Coordinates,
  noHeaders,
  type Outgoing,
  type Plan,
  type Producer,
  partitionFor,
  type Received,
  sinkTopic,
  sourceTopics,
  type Transport,
} from '@kstreams/core/graph';
import { readAll } from './log-contents.js';
import type { SimulatedInput, SimulationOptions } from './options.js';
import type { Random } from './schedule/random.js';

/**
 * The configuration of a topic that is read as a table. The lag prevents compaction during a simulation: a restore could miss
 * a row whose newer version is unread, which is correct but differs from the replay.
 */
const tableConfig = { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': '86400000' };

/** Creates the topics that a plan reads and writes. Returns the feed of their input. */
export const createTopics = async (
  plan: Plan,
  log: Transport,
  { input, partitions = 3 }: SimulationOptions,
  random: Random,
): Promise<InputFeed> => {
  const tables = new Set(
    plan.subtopologies.flatMap(({ stores }) => stores.flatMap(({ sourceTopic }) => sourceTopic ?? [])),
  );
  const globals = plan.globals.map(({ topic }) => topic);
  const sources = plan.subtopologies.flatMap(({ sources }) =>
    sources.filter(({ repartition }) => !repartition).flatMap((source) => sourceTopics(plan.name, source)),
  );
  const sinks = plan.subtopologies.flatMap(({ nodes }) =>
    nodes.flatMap((node) => (node.kind === 'sink' && !node.repartition ? (sinkTopic(plan.name, node) ?? []) : [])),
  );
  const admin = await log.admin();
  await admin.create(
    [...new Set([...globals, ...sources, ...sinks])].map((name) => ({
      name,
      partitions,
      config: tables.has(name) || globals.includes(name) ? tableConfig : { 'cleanup.policy': 'delete' },
      agesBy: 'stream-time' as const,
    })),
  );
  const records = (typeof input === 'function' ? input(random) : input).map(encoder(partitions));
  const producer = await log.producer({ clientId: 'world' });
  for (const record of records) if (globals.includes(record.topic)) producer.send(record);
  await producer.flush();
  const everywhere = globals.flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 })),
  );
  const complete = globals.length === 0 ? [] : await readAll(log, everywhere);
  return new InputFeed(
    producer,
    records.filter(({ topic }) => !globals.includes(topic)),
    complete,
  );
};

/** Writes the input of a simulation in pieces. The records of global tables are written before the first process starts. */
export class InputFeed {
  /** The records of global tables. */
  readonly globals: readonly Received[];
  readonly #producer: Producer;
  readonly #records: Outgoing[];

  constructor(producer: Producer, records: readonly Outgoing[], globals: readonly Received[]) {
    this.#producer = producer;
    this.#records = [...records];
    this.globals = globals;
  }

  /** Writes the next 1 to 25 records. */
  writeSome(random: Random): void {
    for (const record of this.#records.splice(0, 1 + random.below(25))) this.#producer.send(record);
  }

  /** Writes all remaining records. */
  writeRest(): void {
    for (const record of this.#records.splice(0)) this.#producer.send(record);
  }
}

const encoder = (partitions: number) => {
  let next = 0;
  return ([topic, key, value, timestamp]: SimulatedInput): Outgoing => {
    const at = { topic: topic.name, headers: noHeaders };
    const bytes = encode(topic.key, key, at);
    return {
      topic: topic.name,
      partition: bytes === null ? next++ % partitions : partitionFor(bytes, partitions),
      key: bytes,
      value: encode(topic.value, value, at),
      timestamp,
      headers: noHeaders,
    };
  };
};

const encode = (serde: AnyTopic['key'], value: unknown, at: Coordinates) =>
  value === null ? null : serde.encode(value, at);
