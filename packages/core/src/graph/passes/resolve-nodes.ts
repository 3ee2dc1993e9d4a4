import type { GraphNode, NodeId, Requirements } from '../node.js';

/**
 * Passes requirements upwards, from the last node to the first. A node may keep a store for them or require more of its own
 * inputs.
 */
export const resolveNodes = (nodes: readonly GraphNode[]): GraphNode[] => {
  const requirements = new Map<NodeId, Requirements>();
  const settled: GraphNode[] = [];
  for (const before of nodes.toReversed()) {
    const required = requirements.get(before.id) ?? { before: false, lookup: false };
    const node = before.kind === 'processor' && before.resolve !== undefined ? before.resolve(required) : before;
    if (node.kind === 'processor') {
      for (const edge of node.inputs) {
        const earlier = requirements.get(edge.from) ?? { before: false, lookup: false };
        requirements.set(edge.from, {
          before: earlier.before || (edge.by !== 'lookup' && edge.before === true),
          lookup: earlier.lookup || edge.by === 'lookup',
        });
      }
    }
    settled.push(node);
  }
  return settled.reverse();
};
