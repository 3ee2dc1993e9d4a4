import type { Repartition } from '../node.js';
import type { AnySerde } from '../serde.js';

/** Returns the identity of a repartition's serdes. Repartitions of one node with the same serdes can share a topic. */
export const contentOf = ({ key, value }: Repartition): string => `${numberOf(key)} ${numberOf(value)}`;

const numbers = new WeakMap<AnySerde, number>();
let numbered = 0;

/** Returns the number of a serde object. Two serdes may have one name. */
const numberOf = (serde: AnySerde): number => {
  const known = numbers.get(serde);
  if (known !== undefined) return known;
  numbers.set(serde, ++numbered);
  return numbered;
};

/** True when a repartition may share its topic: it was not requested explicitly and is partitioned by default. */
export const isShareable = ({ own, partitioner, partitions }: Repartition): boolean =>
  own !== true && partitioner === undefined && partitions === undefined;
