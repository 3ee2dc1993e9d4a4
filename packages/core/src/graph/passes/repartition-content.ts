import type { Repartition } from '../node.js';

/** What a repartition writes: those who read one node and agree on it can share a topic. */
export const contentOf = ({ key, value }: Repartition): string => `${key.name} ${value.name}`;

/** Whether a repartition may share its topic: not one that was asked for as such, or that is divided in its own way. */
export const isShareable = ({ own, partitioner, partitions }: Repartition): boolean =>
  own !== true && partitioner === undefined && partitions === undefined;
