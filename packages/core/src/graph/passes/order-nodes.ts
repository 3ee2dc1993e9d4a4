import { TopologyError } from '../errors.js';
import type { GraphNode, NodeId } from '../node.js';
import { inputsOf } from './check-nodes.js';

/**
 * Returns the nodes in topological order, otherwise in the order in which they were added. Nodes of a chain are in that
 * order already.
 *
 * @throws TopologyError naming the nodes of a cycle.
 */
export const orderNodes = (nodes: readonly GraphNode[]): GraphNode[] => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ordered = new Set<GraphNode>();
  for (const node of nodes) {
    const path: GraphNode[] = [node];
    const onPath = new Set(path);
    while (path.length > 0) {
      const current = path.at(-1) as GraphNode;
      const ahead = inputsOf(current)
        .map(({ from }) => byId.get(from) as GraphNode)
        .find((parent) => !ordered.has(parent));
      if (ahead === undefined) {
        ordered.add(current);
        onPath.delete(current);
        path.pop();
      } else {
        if (onPath.has(ahead)) throw cycleError([...path.slice(path.indexOf(ahead)), ahead]);
        onPath.add(ahead);
        path.push(ahead);
      }
    }
  }
  return [...ordered];
};

/** Returns the error of a cycle, in the direction of its records. */
const cycleError = (circle: readonly GraphNode[]): TopologyError => {
  const ids = circle.map(({ id }): NodeId => id).reverse();
  return new TopologyError(`nodes form a cycle: ${ids.map((id) => `"${id}"`).join(' → ')}`, { node: ids[0] });
};
