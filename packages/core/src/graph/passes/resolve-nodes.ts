import type { GraphNode, NodeId, Requirements } from '../node.js';
import { partlyForwardedTables } from './partly-forwarded-tables.js';

/**
 * Resolves nodes from the last to the first, each with the requirements of the nodes below it. A node may add a store, or
 * add requirements for its inputs. Tables that are partly forwarded during a lookup are marked, and send old values.
 */
export const resolveNodes = (nodes: readonly GraphNode[]): GraphNode[] => {
  const resolved = resolve(nodes, new Set());
  const partlyForwarded = partlyForwardedTables(resolved);
  return partlyForwarded.size === 0 ? resolved : resolve(nodes, partlyForwarded);
};

const none: Requirements = { before: false, lookup: false };

const resolve = (nodes: readonly GraphNode[], partlyForwarded: ReadonlySet<NodeId>): GraphNode[] => {
  const requirements = new Map<NodeId, Requirements>();
  for (const id of partlyForwarded) requirements.set(id, { before: true, lookup: false });
  const resolved: GraphNode[] = [];
  for (const unresolved of nodes.toReversed()) {
    const required = requirements.get(unresolved.id) ?? none;
    if (unresolved.kind !== 'processor') {
      resolved.push(unresolved);
      continue;
    }
    const node = unresolved.resolve?.(required) ?? unresolved;
    for (const edge of node.inputs) {
      const { before, lookup } = requirements.get(edge.from) ?? none;
      requirements.set(edge.from, {
        before: before || (edge.by !== 'lookup' && edge.before === true),
        lookup: edge.by !== 'lookup' || lookup === 'forwarded' ? lookup : edge.along ? 'forwarded' : 'newest',
      });
    }
    resolved.push(partlyForwarded.has(node.id) ? { ...node, partlyForwarded: true } : node);
  }
  return resolved.reverse();
};
