import type { Repartition } from '../node.js';

/** Returns the serdes of a repartition as text. Repartitions of one node with equal serdes can share a topic. */
export const contentOf = ({ key, value }: Repartition): string => `${key.name} ${value.name}`;

/** True when a repartition may share its topic: it was not requested explicitly and is partitioned by default. */
export const isShareable = ({ own, partitioner, partitions }: Repartition): boolean =>
  own !== true && partitioner === undefined && partitions === undefined;
