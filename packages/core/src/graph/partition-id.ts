import type { Position, TopicPartition } from './transport.js';

/** Returns a partition as a map key: `<topic>/<partition>`. Topic names contain no slash. */
export const partitionId = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** Returns the partition of an id that {@link partitionId} made. */
export const parsePartitionId = (id: string): TopicPartition => {
  const slash = id.lastIndexOf('/');
  return { topic: id.slice(0, slash), partition: Number(id.slice(slash + 1)) };
};

/** Returns the position of a record as a map key: `<topic>/<partition>/<offset>`. */
export const positionId = ({ topic, partition, offset }: Position): string => `${topic}/${partition}/${offset}`;
