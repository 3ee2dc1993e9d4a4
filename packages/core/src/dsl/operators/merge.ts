import type { ChainPosition, KnownSerde } from '../position.js';
import { stepName } from '../position.js';

/** Hands on the records of two chains. What they are written with stays known where both agree. */
export const mergeAt = (left: ChainPosition, right: ChainPosition, name?: string): ChainPosition => {
  const { chain } = left;
  const { id } = stepName(chain, 'merge', name);
  chain.graph.append({
    kind: 'processor',
    id,
    operator: 'merge',
    inputs: [
      { by: 'pipeline', from: left.node },
      { by: 'pipeline', from: right.node },
    ],
    stores: [],
    key: 'kept',
    value: 'kept',
    open: ({ forward }) => [forward],
  });
  return {
    chain,
    node: id,
    key: agreed(left.key, right.key, id),
    value: agreed(left.value, right.value, id),
    partitioned: left.partitioned && right.partitioned,
  };
};

const agreed = (left: KnownSerde, right: KnownSerde, changedBy: string): KnownSerde =>
  left.serde !== undefined && left.serde === right.serde ? left : { changedBy };
