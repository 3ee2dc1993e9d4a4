import type { Demand, GraphNode, NodeId } from '../node.js';

/**
 * Passes requirements upwards, from the last node to the first. A node may keep a store for them or require more of its own
 * inputs.
 */
export const settleNodes = (nodes: readonly GraphNode[]): GraphNode[] => {
  const demands = new Map<NodeId, Demand>();
  const settled: GraphNode[] = [];
  for (const before of nodes.toReversed()) {
    const demand = demands.get(before.id) ?? { before: false, lookup: false };
    const node = before.kind === 'processor' && before.settle !== undefined ? before.settle(demand) : before;
    if (node.kind === 'processor') {
      for (const edge of node.inputs) {
        const asked = demands.get(edge.from) ?? { before: false, lookup: false };
        demands.set(edge.from, {
          before: asked.before || (edge.by !== 'lookup' && edge.before === true),
          lookup: asked.lookup || edge.by === 'lookup',
        });
      }
    }
    settled.push(node);
  }
  return settled.reverse();
};
