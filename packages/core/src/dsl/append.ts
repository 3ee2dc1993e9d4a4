import type { NodeId, ProcessorNode } from '../graph/node.js';
import { refuseAsync } from './callback.js';
import type { KeyStep, Operator } from './operator.js';
import { type ChainPosition, type KnownSerde, stepName } from './position.js';

/** Appends a step behind a position and answers the position behind the step. */
export const appendOperator = <K, V, K2, V2>(
  from: ChainPosition,
  operator: Operator<K, V, K2, V2>,
  { name, partitioned }: KeyStep = {},
): ChainPosition => {
  refuseAsync(name ?? operator.name, operator.callback);
  const { chain } = from;
  const { id } = stepName(chain, operator.name, name);
  chain.graph.append({
    kind: 'processor',
    id,
    operator: operator.name,
    inputs: [{ by: 'pipeline', from: from.node }],
    stores: operator.stores ?? [],
    key: operator.key,
    value: operator.value,
    stateless: operator.stateless,
    async: operator.async,
    open: (context) => [operator.processor(context)],
  });
  return {
    chain,
    node: id,
    key: knownAfter(from.key, operator.key, operator.serdes?.key, id),
    value: knownAfter(from.value, operator.value, operator.serdes?.value, id),
    partitioned: from.partitioned && (operator.key === 'kept' || partitioned === 'kept'),
    grace: from.grace,
  };
};

/** Appends a node that is whole already, and answers the position behind it. */
export const appendNode = (
  from: ChainPosition,
  node: ProcessorNode,
  after: Partial<ChainPosition> = {},
): ChainPosition => {
  from.chain.graph.append(node);
  return { ...from, node: node.id, ...after };
};

const knownAfter = (
  before: KnownSerde,
  fate: 'kept' | 'changed',
  serde: KnownSerde['serde'],
  changedBy: NodeId,
): KnownSerde => {
  if (serde !== undefined) return { serde };
  return fate === 'kept' ? before : { changedBy };
};
