import { type ChainPosition, type KnownSerde, refuseForeign, stepName } from '../chain.js';

/**
 * Appends a step that forwards the records of several streams. A serde stays known if all inputs have the same. Equal keys
 * are in one partition only if all inputs are partitioned by the same serde, since others write other bytes.
 */
export const appendMerge = (all: readonly [ChainPosition, ...ChainPosition[]], name?: string): ChainPosition => {
  const [first] = all;
  const { chain } = first;
  for (const other of all) refuseForeign(name ?? 'merge', first, other);
  const { id } = stepName(chain, 'merge', name);
  chain.graph.append({
    kind: 'processor',
    id,
    operator: 'merge',
    inputs: all.map(({ node }) => ({ by: 'pipeline', from: node })),
    stores: [],
    key: 'kept',
    value: 'kept',
    keyLocal: true,
    open: ({ forward }) => [forward],
  });
  const key = all.map((one) => one.key).reduce((one, other) => commonSerde(one, other, id));
  return {
    chain,
    node: id,
    key,
    value: all.map(({ value }) => value).reduce((one, other) => commonSerde(one, other, id)),
    partitioned: key.serde !== undefined && all.every(({ partitioned }) => partitioned),
  };
};

const commonSerde = (one: KnownSerde, other: KnownSerde, changedBy: string): KnownSerde =>
  one.serde !== undefined && one.serde === other.serde ? one : { changedBy };
