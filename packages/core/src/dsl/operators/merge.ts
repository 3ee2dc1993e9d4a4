import type { ChainPosition, KnownSerde } from '../position.js';
import { stepName } from '../position.js';

/** Hands on the records of several chains. What they are written with stays known where all agree. */
export const mergeAt = (all: readonly [ChainPosition, ...ChainPosition[]], name?: string): ChainPosition => {
  const [{ chain }] = all;
  const { id } = stepName(chain, 'merge', name);
  chain.graph.append({
    kind: 'processor',
    id,
    operator: 'merge',
    inputs: all.map(({ node }) => ({ by: 'pipeline', from: node })),
    stores: [],
    key: 'kept',
    value: 'kept',
    open: ({ forward }) => [forward],
  });
  return {
    chain,
    node: id,
    key: all.map(({ key }) => key).reduce((one, other) => agreed(one, other, id)),
    value: all.map(({ value }) => value).reduce((one, other) => agreed(one, other, id)),
    partitioned: all.every(({ partitioned }) => partitioned),
  };
};

const agreed = (one: KnownSerde, other: KnownSerde, changedBy: string): KnownSerde =>
  one.serde !== undefined && one.serde === other.serde ? one : { changedBy };
