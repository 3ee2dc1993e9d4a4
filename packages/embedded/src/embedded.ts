import {
  type Admin,
  type Clock,
  type Consumer,
  type ConsumerOptions,
  type Producer,
  systemClock,
  type Transport,
  TransportError,
} from '@kstreams/core';
import { MemoryLevel } from 'memory-level';
import { EmbeddedConsumer } from './consumer.js';
import { Log } from './log.js';
import { EmbeddedProducer } from './producer.js';
import type { Database } from './writer.js';

/** How an embedded log is kept. */
export interface EmbeddedOptions {
  /** The folder of its database; without one it lives in memory. */
  readonly folder?: string;
  /** Whether every write waits for the disk, to survive a power loss as well as a crash; false unless set. */
  readonly sync?: boolean;
  readonly clock?: Clock;
}

/**
 * A log inside the process: topics, partitions, groups and offsets without a server. In a folder it is durable and
 * belongs to one process at a time; several topologies of that process may share it.
 *
 * @example
 * const app = await start(shop, { transport: embedded() }) // in memory, for a test
 */
export const embedded = ({ folder, sync = false, clock = systemClock }: EmbeddedOptions = {}): Transport => {
  let opening: Promise<Log> | undefined;
  const log = (): Promise<Log> => {
    opening ??= openDatabase(folder).then((database) => Log.open(database, sync));
    return opening;
  };
  return {
    name: folder === undefined ? 'embedded log in memory' : `embedded log in ${folder}`,
    createsTopics: true,
    consumer: async (options: ConsumerOptions): Promise<Consumer> => new EmbeddedConsumer(await log(), clock, options),
    producer: async (): Promise<Producer> => new EmbeddedProducer(await log()),
    admin: async () => adminOf(await log()),
    close: async () => {
      const open = opening;
      opening = undefined;
      await (await open)?.close();
    },
  };
};

const adminOf = (log: Log): Admin => ({
  topics: async (names) => new Map([...log.describe()].filter(([name]) => names === undefined || names.includes(name))),
  create: async (topics) => {
    for (const topic of topics) await log.create(topic);
  },
  delete: async (names) => {
    for (const name of names) await log.delete(name);
  },
  purge: async (before) => {
    for (const position of before) await log.partition(position).purge(position.offset);
  },
  close: async () => {},
});

const openDatabase = async (folder: string | undefined): Promise<Database> => {
  if (folder === undefined) {
    const database = new MemoryLevel({ keyEncoding: 'view', valueEncoding: 'view' }) as unknown as Database;
    await database.open();
    return database;
  }
  const { openLevel } = await import('./level.js');
  try {
    return await openLevel(folder);
  } catch (thrown) {
    const locked = (thrown as { cause?: { code?: string } }).cause?.code === 'LEVEL_LOCKED';
    const why = locked ? 'another process has it open: stop that one, or use Kafka to share' : 'is its disk in order?';
    throw new TransportError(`the embedded log in ${folder} cannot be opened: ${why}`, {}, thrown);
  }
};
