import type { GraphNode, NodeId, Requirements } from '../node.js';

/**
 * Resolves nodes from the last to the first, each with the requirements of the nodes below it. A node may add a store, or
 * add requirements for its inputs.
 */
export const resolveNodes = (nodes: readonly GraphNode[]): GraphNode[] => {
  const requirements = new Map<NodeId, Requirements>();
  const resolved: GraphNode[] = [];
  for (const unresolved of nodes.toReversed()) {
    const required = requirements.get(unresolved.id) ?? { before: false, lookup: false };
    const node = unresolved.kind === 'processor' ? (unresolved.resolve?.(required) ?? unresolved) : unresolved;
    if (node.kind === 'processor') {
      for (const edge of node.inputs) {
        const earlier = requirements.get(edge.from) ?? { before: false, lookup: false };
        requirements.set(edge.from, {
          before: earlier.before || (edge.by !== 'lookup' && edge.before === true),
          lookup: earlier.lookup || edge.by === 'lookup',
        });
      }
    }
    resolved.push(node);
  }
  return resolved.reverse();
};
