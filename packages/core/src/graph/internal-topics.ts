import type { Repartition, SinkNode, SourceNode } from './node.js';
import type { AnyStoreSpec, ChangelogConfig } from './store.js';
import type { Plan } from './topology.js';

/** Topic settings by their Kafka names. */
export type TopicConfig = Readonly<Record<string, string>>;

/** Returns the name of a store's changelog topic. */
export const changelogTopic = (application: string, spec: AnyStoreSpec): string =>
  `${application}-${spec.name}-changelog`;

/** Returns the name of a repartition topic. */
export const repartitionTopic = (application: string, { name, suffix }: Pick<Repartition, 'name' | 'suffix'>): string =>
  `${application}-${name}-${suffix ?? 'repartition'}`;

/** Returns the name of the topic with one partition per task of a sub-topology that reads a pattern. */
export const tasksTopic = (application: string, subtopology: number): string => `${application}-${subtopology}-tasks`;

/**
 * Returns the name of the topic with one partition per slot, which places the tasks of an application; undefined for a plan
 * without stores, where the group divides the source topics.
 */
export const placementTopic = ({ name, subtopologies }: Pick<Plan, 'name' | 'subtopologies'>): string | undefined =>
  subtopologies.some(({ stores }) => stores.length > 0) ? `${name}-placement` : undefined;

/** Returns the name of the topic in which the processes of an application publish their tasks. */
export const metadataTopic = (application: string): string => `${application}-metadata`;

const internal =
  /^(.+-(changelog|repartition|subscription-(registration|response)-topic)|\d+-tasks|placement|metadata)$/;

/**
 * True for a topic that an application creates for itself, in this version or an earlier one: a changelog, a repartition
 * topic, a topic of a foreign-key join, of tasks, of their placement or of metadata. Other topics that begin with its name are not internal.
 */
export const isInternalTopic = (application: string, topic: string): boolean =>
  topic.startsWith(`${application}-`) && internal.test(topic.slice(application.length + 1));

/** Returns the names of a source's topics; none for a pattern. */
export const sourceTopics = (application: string, source: SourceNode): readonly string[] => {
  if (source.repartition !== undefined) return [repartitionTopic(application, source.repartition)];
  return source.topics instanceof RegExp ? [] : source.topics;
};

/** Returns the topic of a sink; `undefined` when it is chosen per record. */
export const sinkTopic = (application: string, sink: SinkNode): string | undefined => {
  if (sink.repartition !== undefined) return repartitionTopic(application, sink.repartition);
  return typeof sink.topic === 'string' ? sink.topic : undefined;
};

/** Keeps the timestamps of records as they are, and takes any: 4.0 brokers refuse those more than an hour ahead. */
const anyTimestamp: TopicConfig = {
  'message.timestamp.type': 'CreateTime',
  'message.timestamp.before.max.ms': '9223372036854775807',
  'message.timestamp.after.max.ms': '9223372036854775807',
};

/**
 * The settings of repartition topics: no retention, since the application deletes processed records, and small segments,
 * since only whole ones can be deleted.
 */
export const repartitionConfig: TopicConfig = Object.freeze({
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'segment.bytes': '52428800',
  ...anyTimestamp,
});

/** The settings of a topic of tasks and of the placement topic. Both stay empty. */
export const tasksConfig: TopicConfig = Object.freeze({ 'cleanup.policy': 'delete' });

/** The settings of the metadata topic: compacted, in small segments, since only whole ones are compacted. */
export const metadataConfig: TopicConfig = Object.freeze({
  'cleanup.policy': 'compact',
  'segment.bytes': '1048576',
  ...anyTimestamp,
});

/**
 * Returns the settings of a changelog topic. It keeps deletes for a day, as Kafka does by default: local state that is behind
 * for longer is dropped.
 */
export const changelogConfig = ({ cleanup, retention, compactionLag }: ChangelogConfig): TopicConfig => ({
  'cleanup.policy': cleanup,
  ...(cleanup === 'delete' ? {} : { 'delete.retention.ms': '86400000' }),
  ...(retention === undefined ? {} : { 'retention.ms': String(retention) }),
  ...(compactionLag === undefined ? {} : { 'min.compaction.lag.ms': String(compactionLag) }),
  ...anyTimestamp,
});
