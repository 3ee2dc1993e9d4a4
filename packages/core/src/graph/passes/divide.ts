import type { GlobalNode, GraphNode, NodeId } from '../node.js';
import type { AnyStoreSpec } from '../store.js';
import type { Subtopology, TaskNode } from '../topology.js';

/**
 * Divides nodes into sub-topologies: the connected components over pipeline edges, lookups and shared stores, at any
 * depth. Topics do not connect, and neither do global tables, of which every process has a whole copy.
 */
export const divideNodes = (nodes: readonly GraphNode[]): readonly Subtopology[] => {
  const globals = new Set(nodes.filter((node): node is GlobalNode => node.kind === 'global').map(({ id }) => id));
  const globalStores = new Set(nodes.flatMap((node) => (node.kind === 'global' ? [node.store as AnyStoreSpec] : [])));
  const members = nodes.filter((node): node is TaskNode => node.kind !== 'global');
  const roots = new Map<NodeId | AnyStoreSpec, NodeId | AnyStoreSpec>();
  const rootOf = (member: NodeId | AnyStoreSpec): NodeId | AnyStoreSpec => {
    const parent = roots.get(member) ?? member;
    return parent === member ? member : rootOf(parent);
  };
  const unite = (one: NodeId | AnyStoreSpec, other: NodeId | AnyStoreSpec): void => {
    roots.set(rootOf(other), rootOf(one));
  };
  for (const node of members) {
    if (node.kind === 'source') continue;
    for (const { from } of node.inputs) if (!globals.has(from)) unite(node.id, from);
    if (node.kind !== 'processor') continue;
    for (const spec of node.stores) if (!globalStores.has(spec)) unite(node.id, spec);
  }
  const groups = new Map<NodeId | AnyStoreSpec, TaskNode[]>();
  for (const node of members) {
    const root = rootOf(node.id);
    groups.set(root, [...(groups.get(root) ?? []), node]);
  }
  return [...groups.values()].map((group, id) => subtopology(id, group, globalStores));
};

const subtopology = (id: number, nodes: readonly TaskNode[], globalStores: ReadonlySet<AnyStoreSpec>): Subtopology => {
  const stores = nodes.flatMap((node) => (node.kind === 'processor' ? node.stores : []));
  return {
    id,
    nodes,
    sources: nodes.filter((node) => node.kind === 'source'),
    stores: [...new Set(stores)].filter((spec) => !globalStores.has(spec)),
  };
};
