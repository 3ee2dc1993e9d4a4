import { TopologyError } from '../errors.js';
import type { GraphNode, NodeId } from '../node.js';

/**
 * The nodes in an order in which each comes after those it reads, otherwise in the order in which they were added.
 * A chain appends them so already, and then this only looks.
 */
export const orderNodes = (nodes: readonly GraphNode[]): GraphNode[] => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ordered = new Set<GraphNode>();
  const path: NodeId[] = [];
  const visit = (node: GraphNode): void => {
    if (ordered.has(node)) return;
    if (path.includes(node.id)) {
      const cycle = [...path.slice(path.indexOf(node.id)), node.id];
      throw new TopologyError(`nodes form a cycle: ${cycle.map((id) => `"${id}"`).join(' → ')}`, { node: node.id });
    }
    path.push(node.id);
    if (node.kind === 'processor' || node.kind === 'sink') {
      for (const { from } of node.inputs) visit(byId.get(from) as GraphNode);
    }
    path.pop();
    ordered.add(node);
  };
  for (const node of nodes) visit(node);
  return [...ordered];
};
