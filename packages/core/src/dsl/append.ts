import type { LookupEdge, NodeId, ProcessorNode, Requirements } from '../graph/node.js';
import { refuseAsync } from '../graph/synchronous.js';
import { type ChainPosition, type KnownSerde, stepName } from './chain.js';
import type { Operator } from './operator.js';
import type { KeyStep } from './options.js';

/** Appends an operator, of the library or of the user, and returns the position behind it. */
export const appendOperator = <K, V, K2, V2>(
  from: ChainPosition,
  operator: Operator<K, V, K2, V2>,
  { name, partitioned }: KeyStep = {},
  by: 'user' | 'library' = 'library',
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
    keyLocal: operator.keyLocal,
    async: operator.async,
    ...(by === 'user' && { byUser: true }),
    open: (context) => [operator.processor(context)],
  });
  return {
    chain,
    node: id,
    key: serdeAfter(from.key, operator.key, operator.serdes?.key, id),
    value: serdeAfter(from.value, operator.value, operator.serdes?.value, id),
    partitioned: from.partitioned && (operator.key === 'kept' || partitioned === 'kept'),
    grace: from.grace,
    closesWithoutRecords: from.closesWithoutRecords,
  };
};

/** Appends a complete node and returns the position behind it, with the facts in `after` changed. */
export const appendNode = (
  from: ChainPosition,
  node: ProcessorNode,
  after: Partial<ChainPosition> = {},
): ChainPosition => {
  from.chain.graph.append(node);
  return { ...from, node: node.id, ...after };
};

/** Returns the edge by which a step that reads one table, and keeps no rows, looks up rows of that table. */
export const lookupThrough = (step: NodeId, from: NodeId, mode: Requirements['lookup']): LookupEdge => ({
  by: 'lookup',
  from,
  along: mode === 'forwarded' ? { to: step, input: 0 } : undefined,
});

const serdeAfter = (
  before: KnownSerde,
  effect: 'kept' | 'changed',
  serde: KnownSerde['serde'],
  changedBy: NodeId,
): KnownSerde => {
  if (serde !== undefined) return { serde };
  return effect === 'kept' ? before : { changedBy };
};
