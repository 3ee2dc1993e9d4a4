import { tasksTopic } from '../internal-topics.js';
import type { GlobalNode, GraphNode, NodeId } from '../node.js';
import type { AnyStoreSpec } from '../store.js';
import type { Subtopology, TaskNode } from '../topology.js';
import { UnionFind } from './union-find.js';

/**
 * Divides nodes into sub-topologies: the connected components over pipeline edges, lookups and shared stores. Topics do not
 * connect, nor do global tables, since every process has a full copy of those.
 */
export const divideNodes = (application: string, nodes: readonly GraphNode[]): readonly Subtopology[] => {
  const globals = nodes.filter((node): node is GlobalNode => node.kind === 'global');
  const shared = new Set<NodeId | AnyStoreSpec>(globals.flatMap(({ id, store }) => [id, store]));
  const members = nodes.filter((node): node is TaskNode => node.kind !== 'global');
  const components = new UnionFind<NodeId | AnyStoreSpec>();
  for (const node of members) {
    if (node.kind === 'source') continue;
    const stores = node.kind === 'processor' ? node.stores : [];
    for (const neighbour of [...node.inputs.map(({ from }) => from), ...stores]) {
      if (!shared.has(neighbour)) components.unite(node.id, neighbour);
    }
  }
  const divided = components.group(members, ({ id }) => id).map((group, id) => subtopology(id, group, shared));
  const placed = divided.some(({ stores }) => stores.length > 0);
  return divided.map((one) =>
    readsPattern(one) || (!placed && readsMany(one)) ? { ...one, tasksTopic: tasksTopic(application, one.id) } : one,
  );
};

const readsPattern = ({ sources }: Subtopology): boolean => sources.some(({ topics }) => topics instanceof RegExp);

/** True when each of several topics may become the widest one. */
const readsMany = ({ sources }: Subtopology): boolean =>
  sources.flatMap(({ topics }) => topics as readonly string[]).length > 1;

const subtopology = (
  id: number,
  nodes: readonly TaskNode[],
  shared: ReadonlySet<NodeId | AnyStoreSpec>,
): Subtopology => {
  const stores = nodes.flatMap((node) => (node.kind === 'processor' ? node.stores : []));
  return {
    id,
    nodes,
    sources: nodes.filter((node) => node.kind === 'source'),
    stores: [...new Set(stores)].filter((spec) => !shared.has(spec)),
  };
};
