import {
  type Admin,
  type Clock,
  type Consumer,
  type ConsumerOptions,
  checkOptions,
  type OptionChecks,
  option,
  type Producer,
  type ProducerOptions,
  systemClock,
  type Transport,
} from '@kstreams/core/graph';
import { embeddedAdmin } from './client/admin.js';
import { EmbeddedConsumer } from './client/consumer.js';
import { EmbeddedProducer } from './client/producer.js';
import { Log, type LogOptions } from './log/log.js';
import type { LogBackend } from './storage/log-storage.js';
import { memoryLog } from './storage/memory-log.js';

/** Settings of an embedded log. */
export interface EmbeddedOptions {
  /** Storage of the log; memory by default. */
  readonly storage?: LogBackend;
  /** Clock of cleaning, timeouts and polls; the system's by default. */
  readonly clock?: Clock;
  /** Memory for the newest records, in bytes; readers near the end need no storage. 64 MiB by default. */
  readonly memory?: number;
  /** Time without a poll after which a group member loses its partitions, in ms; 5 minutes by default. */
  readonly pollTimeout?: number;
  /** Time that the partitions of a closed member with an instance id are kept for it, in ms; 45 seconds by default. */
  readonly sessionTimeout?: number;
}

/** The checks of {@link EmbeddedOptions}. */
export const embeddedChecks: OptionChecks<EmbeddedOptions> = {
  storage: option.having('a storage, such as memoryLog() or levelLog(folder)', 'open'),
  clock: option.clock,
  memory: option.whole(0),
  pollTimeout: option.count,
  sessionTimeout: option.whole(0),
};

/** An embedded log as a transport. */
export interface EmbeddedTransport extends Transport {
  /** Deletes and compacts records now, as topic settings allow. Runs in the background every 15 s of use as well. */
  clean(): Promise<void>;
}

/** Default timeout of a transaction, in ms. */
const defaultTransactionTimeout = 10_000;

/**
 * Creates a log inside the process: topics, partitions, groups, offsets and transactions without a server. Several
 * topologies of the process may share it. A log with durable storage belongs to one process at a time.
 *
 * @example
 * const app = await start(shop, { transport: embedded() }) // in memory, for a test
 */
export const embedded = (options: EmbeddedOptions = {}): EmbeddedTransport => {
  checkOptions('embedded', options, embeddedChecks);
  const { storage = memoryLog(), clock = systemClock, memory = 64 * 1_024 * 1_024 } = options;
  const { pollTimeout = 300_000, sessionTimeout = 45_000 } = options;
  const timeouts = { poll: pollTimeout, session: sessionTimeout };
  let opened: Promise<Log> | undefined;
  /** The last close. A log is opened again only after it. */
  let closed: Promise<void> = Promise.resolve();
  const close = (): Promise<void> => {
    const open = opened;
    opened = undefined;
    // A failed opening leaves nothing to close, and its caller has the error.
    if (open !== undefined)
      closed = open.then(
        (log) => log.close(),
        () => {},
      );
    return closed;
  };
  const open = async (failed: () => void): Promise<Log> => {
    // The caller of `close` has its error.
    await closed.catch(() => {});
    return openLog(storage, { name: storage.name, clock, memory, timeouts, failed });
  };
  const log = (): Promise<Log> => {
    if (opened !== undefined) return opened;
    const opening: Promise<Log> = open(() => {
      if (opened !== opening) return;
      // The failed log releases its storage at once, so that the next call opens it again. Its users have the error.
      close().catch(() => {});
    });
    opening.catch(() => {
      // The caller has the error; the next call tries again.
      if (opened === opening) opened = undefined;
    });
    opened = opening;
    return opening;
  };
  return {
    name: `embedded log in ${storage.name}`,
    system: 'kstreams',
    createsTopics: true,
    singleProcess: true,
    consumer: async (wanted: ConsumerOptions): Promise<Consumer> => new EmbeddedConsumer(await log(), wanted),
    producer: async ({
      failed,
      transactionalId,
      transactionTimeout = defaultTransactionTimeout,
    }: ProducerOptions): Promise<Producer> => {
      const open = await log();
      const transactions =
        transactionalId === undefined ? undefined : await open.register(transactionalId, transactionTimeout);
      return new EmbeddedProducer(open, transactions, failed);
    },
    admin: async (): Promise<Admin> => embeddedAdmin(await log()),
    clean: async () => (await log()).cleaner.clean(),
    close,
  };
};

const openLog = async (backend: LogBackend, options: LogOptions): Promise<Log> => {
  const storage = await backend.open();
  try {
    return await Log.open(storage, options);
  } catch (thrown) {
    await storage.close();
    throw thrown;
  }
};
