import type { AnyProcess, NodeId, PipelineEdge, ProcessorNode, TaskNode } from '@kstreams/core/graph';
import { type Child, fanOut, nodeContext, unconditional } from './context.js';
import { guard } from './guard.js';
import { Lookups } from './lookups.js';
import type { Scope } from './scope.js';
import { inTurn, withoutPromise } from './user-processor.js';

/**
 * Opens the nodes of a sub-topology into closures, for one task. Returns the process of each source.
 *
 * Nodes are in topological order, so one loop from the last to the first finds every child already open. Children are
 * called in the order in which they were added. A child that reads a node twice is called once per edge.
 */
export const compile = (nodes: readonly TaskNode[], scope: Scope): ReadonlyMap<NodeId, AnyProcess> => {
  const children = new Map<NodeId, Child[]>(nodes.map(({ id }) => [id, []]));
  const sources = new Map<NodeId, AnyProcess>();
  const lookups = new Lookups(nodes, scope);
  const behind = nodesBehindStages(nodes);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as TaskNode;
    const ownChildren = children.get(node.id) as Child[];
    if (node.kind === 'source') {
      sources.set(node.id, fanOut(ownChildren));
      continue;
    }
    const ownScope = behind.has(node.id) ? (scope.behind ?? scope) : scope;
    const inputs = node.kind === 'sink' ? [ownScope.sink(node)] : openNode(node, ownChildren, lookups, ownScope);
    const edges = node.inputs.filter(({ by }) => by === 'pipeline');
    for (let at = edges.length - 1; at >= 0; at--) {
      const { sideOutput = false, from, dropsNullKeys } = edges[at] as PipelineEdge;
      const input = guard(from, node.id, ownScope, (inputs.length === 1 ? inputs[0] : inputs[at]) as AnyProcess);
      const process =
        dropsNullKeys === true ? withoutNullKeys(input, () => ownScope.drop(node.id, 'null-repartition-key')) : input;
      children.get(from)?.unshift({ id: node.id, process, sideOutput });
    }
  }
  return sources;
};

const openNode = (
  node: ProcessorNode,
  children: readonly Child[],
  lookups: Lookups,
  scope: Scope,
): readonly AnyProcess[] => {
  const forward = lookups.inFlight(node.id)?.forward(unconditional(children)) ?? fanOut(children);
  const context = nodeContext(node.id, forward, children, (index) => lookups.of(node, index), scope);
  const processes =
    node.byUser === true
      ? node.open(inTurn(context, node.id, scope)).map((process) => withoutPromise(process, node.id))
      : node.open(context);
  for (const spec of node.stores) if (spec.ttl !== undefined) scope.onExpiry(node.id, spec);
  return processes;
};

const withoutNullKeys =
  (process: AnyProcess, drop: () => void): AnyProcess =>
  (record) => {
    if (record.key === null || record.key === undefined) drop();
    else process(record);
  };

/**
 * Returns the nodes with a clock that must not run ahead of records in flight: nodes behind an async stage, nodes that
 * look up such a node, and tables that they look up. Expects topological order.
 */
const nodesBehindStages = (nodes: readonly TaskNode[]): ReadonlySet<NodeId> => {
  const behind = new Set<NodeId>();
  const stages = new Set<NodeId>();
  for (const node of nodes) {
    if (node.kind === 'source') continue;
    if (node.inputs.some(({ from }) => behind.has(from) || stages.has(from))) behind.add(node.id);
    if (node.kind === 'processor' && node.async !== undefined) stages.add(node.id);
  }
  for (const node of nodes.toReversed()) {
    if (node.kind !== 'processor' || !behind.has(node.id)) continue;
    for (const { by, from } of node.inputs) if (by === 'lookup') behind.add(from);
  }
  return behind;
};
