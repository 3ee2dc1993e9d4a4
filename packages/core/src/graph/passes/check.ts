import { TopologyError } from '../errors.js';
import type { GraphNode, NodeId } from '../node.js';

/**
 * Refuses what cannot be a topology: doubled names, unknown parents, sinks with children, nodes that no source reaches,
 * unused stores, two different stores of one name, a topic read by two sources. Cycles are found by `orderNodes`.
 */
export const checkTopology = (nodes: readonly GraphNode[], addedStores: readonly string[] = []): void => {
  checkIds(nodes);
  checkParents(nodes);
  checkReached(nodes);
  checkStores(nodes, addedStores);
  checkTopics(nodes);
};

const inputsOf = (node: GraphNode): readonly { readonly from: NodeId }[] =>
  node.kind === 'processor' || node.kind === 'sink' ? node.inputs : [];

const quoted = (ids: Iterable<NodeId>): string => [...ids].map((id) => `"${id}"`).join(', ');

const checkIds = (nodes: readonly GraphNode[]): void => {
  const seen = new Set<NodeId>();
  for (const { id } of nodes) {
    if (seen.has(id)) throw new TopologyError(`two nodes are named "${id}": give one another name`, { node: id });
    seen.add(id);
  }
};

const checkParents = (nodes: readonly GraphNode[]): void => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) {
    if ((node.kind === 'processor' || node.kind === 'sink') && node.inputs.length === 0) {
      throw new TopologyError(`"${node.id}" reads nothing: name its parents`, { node: node.id });
    }
    for (const { from } of inputsOf(node)) {
      const parent = byId.get(from);
      if (parent === undefined) {
        throw new TopologyError(`"${node.id}" reads "${from}", which is not in this topology`, { node: node.id });
      }
      if (parent.kind === 'sink') {
        throw new TopologyError(
          `"${node.id}" reads the sink "${from}", which forwards nothing: read its topic with a source instead`,
          { node: node.id },
        );
      }
    }
  }
};

const checkReached = (nodes: readonly GraphNode[]): void => {
  const reached = new Set(nodes.filter(({ kind }) => kind === 'source' || kind === 'global').map(({ id }) => id));
  for (let grew = true; grew; ) {
    grew = false;
    for (const node of nodes) {
      if (reached.has(node.id) || !inputsOf(node).some(({ from }) => reached.has(from))) continue;
      reached.add(node.id);
      grew = true;
    }
  }
  const orphans = nodes.filter(({ id }) => !reached.has(id)).map(({ id }) => id);
  if (orphans.length > 0) {
    throw new TopologyError(`no source reaches ${quoted(orphans)}: connect them, or break the cycle they form`);
  }
};

const checkStores = (nodes: readonly GraphNode[], added: readonly string[]): void => {
  const used = new Map<string, unknown>();
  for (const node of nodes) {
    const specs = node.kind === 'processor' ? node.stores : node.kind === 'global' ? [node.store] : [];
    for (const spec of specs) {
      if (used.has(spec.name) && used.get(spec.name) !== spec) {
        throw new TopologyError(
          `two stores are named "${spec.name}": name one otherwise, or share one spec to share the store`,
          { node: node.id },
        );
      }
      used.set(spec.name, spec);
    }
  }
  const unused = added.filter((name) => !used.has(name));
  if (unused.length > 0) throw new TopologyError(`no processor uses store ${quoted(unused)}: connect or remove it`);
};

const checkTopics = (nodes: readonly GraphNode[]): void => {
  const readers = new Map<string, NodeId>();
  for (const node of nodes) {
    const topics = node.kind === 'global' ? [node.topic] : node.kind === 'source' ? [node.topics].flat() : [];
    for (const topic of topics) {
      const name = String(topic);
      const other = readers.get(name);
      if (other !== undefined) {
        throw new TopologyError(
          `topic "${name}" is read by "${other}" and "${node.id}": read it once, in one way, and use that node twice`,
          { node: node.id },
        );
      }
      readers.set(name, node.id);
    }
  }
};
