/** The topics that an application makes for itself, and those it reads and writes: how they are named and kept. */
import type { Repartition, SinkNode, SourceNode } from './node.js';
import type { AnyStoreSpec, ChangelogConfig } from './store.js';

/** Settings of a topic, in Kafka's words. */
export type TopicConfig = Readonly<Record<string, string>>;

/** The topic of a store's own changelog. */
export const changelogTopic = (application: string, spec: AnyStoreSpec): string =>
  `${application}-${spec.name}-changelog`;

/** The topic of a repartition. */
export const repartitionTopic = (application: string, { name, suffix }: Pick<Repartition, 'name' | 'suffix'>): string =>
  `${application}-${name}-${suffix ?? 'repartition'}`;

/** The topic that stands for the tasks of a sub-topology whose topics are not all known by name. */
export const tasksTopic = (application: string, subtopology: number): string => `${application}-${subtopology}-tasks`;

/** The topic in which the processes of an application tell each other which tasks they hold. */
export const metadataTopic = (application: string): string => `${application}-metadata`;

/** The topics a source reads, by the names they have on the log; those of a pattern are only known there. */
export const sourceTopics = (application: string, source: SourceNode): readonly string[] => {
  if (source.repartition !== undefined) return [repartitionTopic(application, source.repartition)];
  return source.topics instanceof RegExp ? [] : source.topics;
};

/** The topic a sink writes to, where it is not chosen per record. */
export const sinkTopic = (application: string, sink: SinkNode): string | undefined => {
  if (sink.repartition !== undefined) return repartitionTopic(application, sink.repartition);
  return typeof sink.topic === 'string' ? sink.topic : undefined;
};

/**
 * How a repartition topic is kept: nothing expires by time, since what was read is deleted by the application; in small
 * segments, since only whole ones can be deleted.
 */
export const repartitionConfig: TopicConfig = Object.freeze({
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'segment.bytes': '52428800',
  'message.timestamp.type': 'CreateTime',
});

/** How a topic of tasks is kept: nothing is ever written to it. */
export const tasksConfig: TopicConfig = Object.freeze({ 'cleanup.policy': 'delete' });

/** How the topic of the processes is kept: the last row of each; in small segments, since only whole ones are compacted. */
export const metadataConfig: TopicConfig = Object.freeze({
  'cleanup.policy': 'compact',
  'segment.bytes': '1048576',
  'message.timestamp.type': 'CreateTime',
});

/** How a changelog topic is kept. */
export const changelogConfig = ({ cleanup, retention, compactionLag }: ChangelogConfig): TopicConfig => ({
  'cleanup.policy': cleanup,
  ...(retention === undefined ? {} : { 'retention.ms': String(retention) }),
  ...(compactionLag === undefined ? {} : { 'min.compaction.lag.ms': String(compactionLag) }),
  'message.timestamp.type': 'CreateTime',
});
