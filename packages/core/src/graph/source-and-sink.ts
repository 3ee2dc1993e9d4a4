import { type Duration, toMilliseconds } from './duration.js';
import { ConfigError } from './errors.js';
import type {
  NodeId,
  Partitioner,
  PipelineEdge,
  SinkNode,
  SourceNode,
  TimestampExtractor,
  TopicChooser,
} from './node.js';
import { type OptionChecks, option } from './option.js';
import type { RecordHeaders, StreamRecord } from './record.js';
import { type Serde, serdeNames } from './serde.js';
import { type Callback, synchronous } from './synchronous.js';
import type { Topic } from './topic.js';

/** The topics of a source: one, several of the same types, or all with names that match a pattern as a whole. */
export type SourceTopics<K, V> =
  | Topic<K, V>
  | readonly Topic<K, V>[]
  | { readonly pattern: RegExp; readonly key: Serde<K>; readonly value: Serde<V> };

/** Options of a source. */
export interface SourceOptions {
  /** The start in a partition without a committed offset; the application's `from` unless set. */
  readonly from?: 'earliest' | 'latest' | { readonly ago: Duration };
  /** Returns the timestamp of a record; its own unless set. A negative one drops the record. */
  readonly timestamp?: TimestampExtractor;
}

/** The checks of {@link SourceOptions}. */
export const sourceChecks: OptionChecks<SourceOptions> = {
  from: option.oneOf<NonNullable<SourceOptions['from']>>('earliest', 'latest', {
    ago: option.required(option.duration),
  }),
  timestamp: option.fn,
};

/** Options of a sink. */
export interface SinkOptions<K, V> {
  /** The headers to write; the record's own unless set. */
  readonly headers?: (record: StreamRecord<K, V>) => RecordHeaders;
  /** The timestamp to write, in ms; the record's own unless set. */
  readonly timestamp?: (record: StreamRecord<K, V>) => number;
  /** Chooses the partition, several, or none; by the key's murmur2 hash unless set. */
  readonly partitioner?: Partitioner<K, V>;
}

/** The checks of {@link SinkOptions}. */
export const sinkChecks: OptionChecks<SinkOptions<unknown, unknown>> = {
  headers: option.fn,
  timestamp: option.fn,
  partitioner: option.fn,
};

/** Returns a source with the serde of a topic's values. */
export const sourceOfTopic = (source: SourceNode, topic: string): SourceNode => {
  const value = source.valueByTopic?.get(topic);
  return value === undefined ? source : { ...source, value };
};

/**
 * Creates a source node. The values of each topic are decoded with the serde of the topic.
 *
 * @throws ConfigError when there is no topic, or the topics have two key serdes.
 */
export const sourceNode = <K, V>(
  id: NodeId,
  topics: SourceTopics<K, V>,
  options: SourceOptions & { readonly nulls?: SourceNode['nulls'] } = {},
): SourceNode => {
  const list = 'pattern' in topics ? [topics] : 'name' in topics ? [topics] : topics;
  const first = list[0];
  if (first === undefined) throw new ConfigError(`source "${id}" reads no topic: name at least one`);
  const odd = list.find(({ key }) => key !== first.key);
  if (odd !== undefined) {
    throw new ConfigError(
      `source "${id}" reads topics with two key serdes (${serdeNames(first.key, odd.key)}), so equal keys may be in different partitions: ` +
        'use one serde object for the keys, or merge separate streams and repartition the result',
    );
  }
  const named = 'pattern' in topics ? [] : (list as readonly Topic<K, V>[]);
  const others = named.filter(({ value }) => value !== first.value);
  return {
    kind: 'source',
    id,
    topics: 'pattern' in topics ? topics.pattern : named.map(({ name }) => name),
    key: first.key,
    value: first.value,
    ...(others.length > 0 && { valueByTopic: new Map(others.map(({ name, value }) => [name, value])) }),
    nulls: options.nulls ?? 'refuse',
    from: options.from && startFrom(options.from),
    timestamp: options.timestamp && synchronous(`the timestamp extractor of source "${id}"`, options.timestamp),
  };
};

const startFrom = (from: NonNullable<SourceOptions['from']>): NonNullable<SourceNode['from']> =>
  typeof from === 'string' ? from : { ago: toMilliseconds(from.ago, 'the start `from: { ago }`') };

/** Creates a sink node. */
export const sinkNode = <K, V>(
  id: NodeId,
  inputs: readonly PipelineEdge[],
  topic: Topic<K, V> | (Omit<Topic<K, V>, 'name'> & { readonly choose: TopicChooser<K, V> }),
  options: SinkOptions<K, V> = {},
): SinkNode => ({
  kind: 'sink',
  id,
  inputs,
  topic: 'choose' in topic ? checked(id, 'choose', topic.choose as TopicChooser<unknown, unknown>) : topic.name,
  key: topic.key,
  value: topic.value,
  headers: checked(id, 'headers', options.headers as SinkNode['headers']),
  timestamp: checked(id, 'timestamp', options.timestamp as SinkNode['timestamp']),
  partitioner: checked(id, 'partitioner', options.partitioner as SinkNode['partitioner']),
});

const checked = <F extends Callback | undefined>(sink: NodeId, option: string, callback: F): F =>
  callback === undefined ? callback : synchronous(`{ ${option} } of "${sink}"`, callback);
