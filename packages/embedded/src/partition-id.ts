import type { TopicPartition } from '@kstreams/core/graph';

/** A partition as a map key; topics hold no slash. */
export const partitionId = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** The partition of an id. */
export const partitionOf = (id: string): TopicPartition => {
  const at = id.lastIndexOf('/');
  return { topic: id.slice(0, at), partition: Number(id.slice(at + 1)) };
};
