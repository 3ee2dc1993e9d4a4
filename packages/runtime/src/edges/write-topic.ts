import {
  type Bytes,
  type Producer,
  partitionFor,
  type RecordHeaders,
  spread,
  type Topic,
  type Transport,
  TransportError,
} from '@kstreams/core/graph';
import type { Observable } from 'rxjs';

/** A record to be written: a timestamp of now and no headers unless given; null is Kafka's null. */
export interface Entry<K, V> {
  readonly key: K | null;
  readonly value: V | null;
  /** In ms since 1970. */
  readonly timestamp?: number;
  readonly headers?: RecordHeaders;
}

/** How entries are written. */
export interface IntoTopicOptions {
  readonly transport: Transport;
  /** How many entries may be written and not acknowledged before the source is asked for no more; 10,000 unless set. */
  readonly backlog?: number;
  readonly clientId?: string;
}

/**
 * Writes what an async iterable gives to a topic, to its end; answers how many entries that were, once all are there. A log
 * that is slower than the source slows the source down. A failure of either ends it.
 *
 * @example
 * await fromAsyncIterable(ticks(), prices, { transport })
 */
export const fromAsyncIterable = async <K, V>(
  source: AsyncIterable<Entry<K, V>>,
  topic: Topic<K, V>,
  { backlog = 10_000, ...options }: IntoTopicOptions,
): Promise<number> =>
  writing(topic, options, async (write, producer) => {
    for await (const entry of source) {
      write(entry);
      if (producer.backlog > backlog) await producer.drain(Math.floor(backlog / 2));
    }
  });

/**
 * Writes what an observable gives to a topic until it completes; answers how many entries that were, once all are there. An
 * observable cannot be slowed down: what the log has not acknowledged waits in memory. Its error is thrown.
 *
 * @example
 * await fromObservable(clicks$, clicks, { transport })
 */
export const fromObservable = async <K, V>(
  source: Observable<Entry<K, V>>,
  topic: Topic<K, V>,
  options: Omit<IntoTopicOptions, 'backlog'>,
): Promise<number> => writing(topic, options, (write) => source.forEach(write));

/** Lets a source write with a producer of its own; answers how many entries that were, once all are there. */
const writing = async <K, V>(
  topic: Topic<K, V>,
  { clientId = `into-${topic.name}`, transport }: Omit<IntoTopicOptions, 'backlog'>,
  feed: (write: (entry: Entry<K, V>) => void, producer: Producer) => Promise<void>,
): Promise<number> => {
  const partitions = await partitionsOf(topic.name, transport);
  const producer = await transport.producer({ clientId });
  try {
    const write = writer(topic, partitions, producer);
    let count = 0;
    await feed((entry) => {
      write(entry);
      count++;
    }, producer);
    await producer.flush();
    return count;
  } finally {
    await producer.close();
  }
};

const writer = <K, V>(
  { key: keySerde, name, value: valueSerde }: Topic<K, V>,
  partitions: number,
  producer: Producer,
): ((entry: Entry<K, V>) => void) => {
  const next = spread();
  return ({ headers = [], key, timestamp = Date.now(), value }) => {
    const at = { topic: name, headers };
    const keyBytes: Bytes | null = key === null ? null : keySerde.encode(key, at);
    const partition = keyBytes === null ? next(partitions) : partitionFor(keyBytes, partitions);
    const valueBytes = value === null ? null : valueSerde.encode(value, at);
    producer.send({ topic: name, partition, key: keyBytes, value: valueBytes, timestamp, headers });
  };
};

/** How many partitions a topic has; a log that makes topics makes it with one. */
export const partitionsOf = async (name: string, transport: Transport): Promise<number> => {
  const admin = await transport.admin();
  try {
    if (transport.createsTopics === true) await admin.create([{ name, partitions: 1, config: {} }]);
    const found = (await admin.topics([name])).get(name);
    if (found === undefined) throw new TransportError('the topic does not exist: create it first', { topic: name });
    return found.partitions;
  } finally {
    await admin.close();
  }
};
