import {
  type Bytes,
  checkOptions,
  checkValue,
  invalidTimestamp,
  type OptionChecks,
  OrderedSteps,
  option,
  type Producer,
  partitionFor,
  prepareSerde,
  type RecordHeaders,
  retryPending,
  roundRobin,
  systemClock,
  TimeSlice,
  type Topic,
  type Transport,
  TransportError,
} from '@kstreams/core/graph';
import type { Observable } from 'rxjs';

/** A record to write. A null key or value is Kafka's null. */
export interface Entry<K, V> {
  readonly key: K | null;
  readonly value: V | null;
  /** In whole ms since 1970; now unless set. */
  readonly timestamp?: number;
  /** None unless set. */
  readonly headers?: RecordHeaders;
}

/** Options for writing a topic. */
export interface WriteTopicOptions {
  readonly transport: Transport;
  /** The number of unacknowledged entries at which reading the source pauses; 10,000 unless set. */
  readonly backlog?: number;
  /** `<topic>-writer` unless set. */
  readonly clientId?: string;
}

const observableChecks: OptionChecks<Omit<WriteTopicOptions, 'backlog'>> = {
  transport: option.required(option.transport),
  clientId: option.text,
};

const checks: OptionChecks<WriteTopicOptions> = { ...observableChecks, backlog: option.count };

/**
 * Writes the entries of an async iterable to a topic. Resolves to their number when all are acknowledged; rejects with the
 * first failure of source or log. A slow log slows the source down.
 *
 * @example
 * await fromAsyncIterable(ticks(), prices, { transport })
 */
export const fromAsyncIterable = async <K, V>(
  source: AsyncIterable<Entry<K, V>>,
  topic: Topic<K, V>,
  options: WriteTopicOptions,
): Promise<number> => {
  checkValue('"topic" of fromAsyncIterable', topic, option.topic);
  checkOptions('fromAsyncIterable', options, checks);
  const { backlog = 10_000 } = options;
  return writing(topic, options, async (write, producer) => {
    const slice = new TimeSlice(systemClock);
    for await (const entry of source) {
      await slice.yieldIfOver();
      await retryPending(() => write(entry));
      if (producer.backlog > backlog) await producer.drain(Math.floor(backlog / 2));
    }
  });
};

/**
 * Writes the entries of an observable to a topic until it completes. Resolves to their number when all are acknowledged;
 * rejects with the first failure of source or log. Observables have no back-pressure: unacknowledged entries wait in memory.
 *
 * @example
 * await fromObservable(clicks$, clicks, { transport })
 */
export const fromObservable = async <K, V>(
  source: Observable<Entry<K, V>>,
  topic: Topic<K, V>,
  options: Omit<WriteTopicOptions, 'backlog'>,
): Promise<number> => {
  checkValue('"topic" of fromObservable', topic, option.topic);
  checkOptions('fromObservable', options, observableChecks);
  return writing(topic, options, async (write) => {
    const steps = new OrderedSteps();
    await source.forEach((entry) => {
      steps.run(() => write(entry));
    });
    await steps.settled();
  });
};

/** Feeds a source into a new producer. Resolves to the number of entries when all are acknowledged. */
const writing = async <K, V>(
  topic: Topic<K, V>,
  { clientId = `${topic.name}-writer`, transport }: Omit<WriteTopicOptions, 'backlog'>,
  feed: (write: (entry: Entry<K, V>) => void, producer: Producer) => Promise<void>,
): Promise<number> => {
  const partitions = await partitionsOf(topic.name, transport);
  await prepareSerde(topic.key, { topic: topic.name, part: 'key' });
  await prepareSerde(topic.value, { topic: topic.name, part: 'value' });
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
  const next = roundRobin();
  return ({ headers = [], key, timestamp = systemClock.now(), value }) => {
    if (!Number.isSafeInteger(timestamp)) {
      throw invalidTimestamp(`the timestamp of an entry for topic "${name}"`, timestamp);
    }
    const at = { topic: name, headers };
    const keyBytes: Bytes | null = key === null ? null : keySerde.encode(key, at);
    const partition = keyBytes === null ? next(partitions) : partitionFor(keyBytes, partitions);
    const valueBytes = value === null ? null : valueSerde.encode(value, at);
    producer.send({ topic: name, partition, key: keyBytes, value: valueBytes, timestamp, headers });
  };
};

/** Resolves to the number of partitions of a topic; an embedded log creates a missing topic with one. */
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
