import { type AnyStoreSpec, mayPend, type Subtopology } from '@kstreams/core/graph';

/** True when a step may need a value of a serde that is not loaded. */
export const waitsForSerdes = ({ nodes, stores }: Pick<Subtopology, 'nodes' | 'stores'>): boolean =>
  nodes.some((node) => node.kind !== 'processor' && serdesPend(node)) || stores.some(serdesPend);

/**
 * True when records of different keys do not depend on each other, so that they may overtake a parked one. Keys are compared
 * by their bytes, so equal keys must have equal bytes: in one encoding, without the ids of schemas.
 */
export const isKeyLocal = ({ nodes, sources }: Pick<Subtopology, 'nodes' | 'sources'>): boolean =>
  new Set(sources.map(({ key }) => key)).size === 1 &&
  !sources.some(({ key }) => mayPend(key)) &&
  nodes.every((node) => node.kind !== 'processor' || (node.keyLocal === true && node.key === 'kept'));

const serdesPend = ({ key, value }: Pick<AnyStoreSpec, 'key' | 'value'>): boolean => mayPend(key) || mayPend(value);
