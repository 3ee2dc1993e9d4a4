import {
  type Bytes,
  checkOptions,
  checkValue,
  type OffsetQuery,
  type OptionChecks,
  option,
  type Received,
  record,
  retryPending,
  type StreamRecord,
  type Topic,
  type Transport,
} from '@kstreams/core/graph';
import { Observable } from 'rxjs';
import { partitionsOf } from './write-topic.js';

/** Options for reading a topic. */
export interface ReadTopicOptions {
  readonly transport: Transport;
  /** The start in every partition; `'earliest'` unless set. */
  readonly from?: OffsetQuery;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /** True to stop at the current end of the topic instead of waiting for more records. */
  readonly untilEnd?: boolean;
  /** `<topic>-reader` unless set. */
  readonly clientId?: string;
}

const observableChecks: OptionChecks<Omit<ReadTopicOptions, 'signal'>> = {
  transport: option.required(option.transport),
  from: option.oneOf<OffsetQuery>('earliest', 'latest', 'latest-written', {
    timestamp: option.required(option.instant),
  }),
  untilEnd: option.flag,
  clientId: option.text,
};

const checks: OptionChecks<ReadTopicOptions> = {
  ...observableChecks,
  signal: option.having('an abort signal', 'addEventListener'),
};

/** Maximum number of records of one poll. */
const pollLength = 1_000;
/** The longest wait of a poll, in ms. */
const longestPoll = 1_000;

/**
 * Returns the records of all partitions of a topic, in order per partition; a null value is a delete. Reads on demand, outside
 * any group and without commits. Leaving the loop closes the consumer.
 *
 * @example
 * for await (const { key, value } of toAsyncIterable(totals, { transport })) console.log(key, value)
 */
export const toAsyncIterable = <K, V>(
  topic: Topic<K, V>,
  options: ReadTopicOptions,
): AsyncGenerator<StreamRecord<K, V | null>> => {
  checkValue('"topic" of toAsyncIterable', topic, option.topic);
  checkOptions('toAsyncIterable', options, checks);
  return read(topic, options);
};

async function* read<K, V>(topic: Topic<K, V>, options: ReadTopicOptions): AsyncGenerator<StreamRecord<K, V | null>> {
  const { clientId = `${topic.name}-reader`, from = 'earliest', signal, transport, untilEnd = false } = options;
  const count = await partitionsOf(topic.name, transport);
  const partitions = Array.from({ length: count }, (_, partition) => ({ topic: topic.name, partition }));
  const consumer = await transport.consumer({ clientId });
  const stopped = (): boolean => signal?.aborted === true;
  const wake = (): void => consumer.wake();
  signal?.addEventListener('abort', wake);
  try {
    const offsets = await consumer.offsets(partitions, from);
    const ends = untilEnd ? await consumer.offsets(partitions, 'latest') : [];
    consumer.assign(partitions.map((one, i) => ({ ...one, offset: offsets[i] as number })));
    const left = () => partitions.some((one, i) => (consumer.position(one) ?? 0) < (ends[i] as number));
    while (!stopped() && (!untilEnd || left())) {
      for (const received of await consumer.poll(pollLength, longestPoll)) {
        const decoded = await retryPending(() => decode(topic, received));
        if (stopped()) return;
        yield decoded;
      }
    }
  } finally {
    signal?.removeEventListener('abort', wake);
    await consumer.close();
  }
}

/**
 * Returns the records of a topic as an observable. Each subscriber reads the topic with its own consumer until it
 * unsubscribes.
 *
 * @example
 * toObservable(totals, { transport, from: 'latest' }).subscribe(({ key, value }) => show(key, value))
 */
export const toObservable = <K, V>(
  topic: Topic<K, V>,
  options: Omit<ReadTopicOptions, 'signal'>,
): Observable<StreamRecord<K, V | null>> => {
  checkValue('"topic" of toObservable', topic, option.topic);
  checkOptions('toObservable', options, observableChecks);
  return new Observable((observer) => {
    const stop = new AbortController();
    const forward = async (): Promise<void> => {
      for await (const one of read(topic, { ...options, signal: stop.signal })) observer.next(one);
      observer.complete();
    };
    forward().catch((error: unknown) => observer.error(error));
    return () => stop.abort();
  });
};

const decode = <K, V>({ key, value }: Topic<K, V>, received: Received): StreamRecord<K, V | null> => {
  const decoded = (bytes: Bytes | null, serde: Topic<K, V>['key'] | Topic<K, V>['value']) =>
    bytes === null ? null : serde.decode(bytes, received);
  return record(
    decoded(received.key, key) as K,
    decoded(received.value, value) as V | null,
    received.timestamp,
    received.headers,
  );
};
