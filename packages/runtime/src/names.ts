import type { AnyStoreSpec, SinkNode, SourceNode } from '@kstreams/core';

/** The topic of a store's own changelog. */
export const changelogTopic = (application: string, spec: AnyStoreSpec): string =>
  `${application}-${spec.name}-changelog`;

/** The topic of a repartition. */
export const repartitionTopic = (application: string, name: string): string => `${application}-${name}-repartition`;

/** The topics a source reads, by the names they have on the log; those of a pattern are only known there. */
export const sourceTopics = (application: string, source: SourceNode): readonly string[] => {
  if (source.repartition !== undefined) return [repartitionTopic(application, source.repartition.name)];
  return source.topics instanceof RegExp ? [] : source.topics;
};

/** The topic a sink writes to, where it is not chosen per record. */
export const sinkTopic = (application: string, sink: SinkNode): string | undefined => {
  if (sink.repartition !== undefined) return repartitionTopic(application, sink.repartition.name);
  return typeof sink.topic === 'string' ? sink.topic : undefined;
};
