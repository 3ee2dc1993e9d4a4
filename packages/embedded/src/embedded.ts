import {
  type Admin,
  type Clock,
  type Consumer,
  type ConsumerOptions,
  type Producer,
  type ProducerOptions,
  systemClock,
  type Transport,
  TransportError,
} from '@kstreams/core/graph';
import { MemoryLevel } from 'memory-level';
import { embeddedAdmin } from './client/admin.js';
import { EmbeddedConsumer } from './client/consumer.js';
import { EmbeddedProducer } from './client/producer.js';
import type { Database } from './database.js';
import { Log } from './log/log.js';

/** How an embedded log is kept. */
export interface EmbeddedOptions {
  /** The folder of its database; without one it lives in memory. */
  readonly folder?: string;
  /** Whether every write waits for the disk, to survive a power loss as well as a crash; false unless set. */
  readonly sync?: boolean;
  readonly clock?: Clock;
  /** How many bytes of the newest records are kept in memory for readers that are close behind; 64 MiB unless set. */
  readonly memory?: number;
  /** How long a member of a group may go without polling before others get its partitions, in ms; 5 minutes unless set. */
  readonly pollTimeout?: number;
  /** How long the partitions of a closed member with an instance id wait for it, in ms; 45 seconds unless set. */
  readonly sessionTimeout?: number;
}

/** An embedded log as a transport. */
export interface EmbeddedTransport extends Transport {
  /**
   * Deletes and compacts now what the topics' settings no longer keep. It happens by itself now and then; this is for
   * tests, and for a quiet hour.
   */
  clean(): Promise<void>;
}

/** How long a transaction may stay open unless its producer says otherwise, in ms. */
const transactionTimeout = 10_000;

/**
 * A log inside the process: topics, partitions, groups, offsets and transactions without a server. In a folder it is
 * durable and belongs to one process at a time; several topologies of that process may share it.
 *
 * @example
 * const app = await start(shop, { transport: embedded() }) // in memory, for a test
 */
export const embedded = ({
  folder,
  sync = false,
  clock = systemClock,
  memory = 64 * 1_024 * 1_024,
  pollTimeout = 300_000,
  sessionTimeout = 45_000,
}: EmbeddedOptions = {}): EmbeddedTransport => {
  const options = { sync, clock, memory, timeouts: { poll: pollTimeout, session: sessionTimeout } };
  // A log in memory is another one each time.
  const id = folder === undefined ? crypto.randomUUID() : 'log';
  let opening: Promise<Log> | undefined;
  const log = (): Promise<Log> => {
    opening ??= openDatabase(folder).then((database) => Log.open(database, options));
    return opening;
  };
  return {
    name: folder === undefined ? 'embedded log in memory' : `embedded log in ${folder}`,
    createsTopics: true,
    singleProcess: true,
    consumer: async (options: ConsumerOptions): Promise<Consumer> => new EmbeddedConsumer(await log(), options),
    producer: async ({
      failed,
      transactionalId,
      transactionTimeout: timeout = transactionTimeout,
    }: ProducerOptions): Promise<Producer> => {
      const open = await log();
      const claim = transactionalId === undefined ? undefined : await open.claim(transactionalId, timeout);
      return new EmbeddedProducer(open, claim, failed);
    },
    admin: async (): Promise<Admin> => embeddedAdmin(await log(), id),
    clean: async () => (await log()).cleaner.clean(),
    close: async () => {
      const open = opening;
      opening = undefined;
      await (await open)?.close();
    },
  };
};

const openDatabase = async (folder: string | undefined): Promise<Database> => {
  if (folder === undefined) {
    const options = { keyEncoding: 'view', valueEncoding: 'view', storeEncoding: 'view' } as const;
    const database = new MemoryLevel(options) as unknown as Database;
    await database.open();
    return database;
  }
  const { openLevel } = await import('@kstreams/embedded/level');
  try {
    return await openLevel(folder);
  } catch (thrown) {
    if (thrown instanceof TransportError) throw thrown;
    const locked = (thrown as { cause?: { code?: string } }).cause?.code === 'LEVEL_LOCKED';
    const why = locked ? 'another process has it open: stop that one, or use Kafka to share' : 'is its disk in order?';
    throw new TransportError(`the embedded log in ${folder} cannot be opened: ${why}`, {}, thrown);
  }
};
