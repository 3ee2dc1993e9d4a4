import type { GraphNode, NodeId, ProcessorNode } from '../node.js';
import { UnionFind } from './union-find.js';

/**
 * Returns the groups of topics that need equal partition counts: for each step that combines inputs by key, the topics that
 * reach it within its sub-topology. Groups that share a topic are merged.
 *
 * With `'described'` the groups are those of Kafka Streams, which leaves out topics above a suppressed table. A cogroup then
 * counts the topics above the repartitions of its inputs.
 */
export const copartitionGroups = (
  nodes: readonly GraphNode[],
  groups: 'run' | 'described' = 'run',
): readonly (readonly string[])[] => {
  const reaching = new Map<NodeId, ReadonlySet<string>>();
  const above = groups === 'run' ? new Map<NodeId, NodeId>() : repartitionsOf(nodes);
  const components = new UnionFind<string>();
  const grouped = new Set<string>();
  const topicsOf = (node: ProcessorNode, from: NodeId): ReadonlySet<string> => {
    const counted = node.copartitioned === 'cogroup' ? (above.get(from) ?? from) : from;
    return reaching.get(counted) ?? new Set();
  };
  for (const node of nodes) {
    if (node.kind === 'source') {
      reaching.set(node.id, new Set(node.topics instanceof RegExp ? [String(node.topics)] : node.topics));
    }
    if (node.kind !== 'processor') continue;
    const hides = groups === 'described' && node.operator === 'suppress';
    reaching.set(
      node.id,
      hides ? new Set() : new Set(node.inputs.flatMap(({ from }) => [...(reaching.get(from) ?? [])])),
    );
    const topics = new Set(node.inputs.flatMap(({ from }) => [...topicsOf(node, from)]));
    const [first, ...others] = topics;
    if (!node.copartitioned || first === undefined || others.length === 0) continue;
    for (const topic of topics) {
      components.unite(first, topic);
      grouped.add(topic);
    }
  }
  return components.group(grouped, (topic) => topic);
};

/** Returns the node above each automatic repartition, by the source below it. */
const repartitionsOf = (nodes: readonly GraphNode[]): ReadonlyMap<NodeId, NodeId> => {
  const writers = new Map(
    nodes.flatMap((node) =>
      node.kind === 'sink' && node.repartition ? [[node.repartition.name, node.inputs[0]?.from]] : [],
    ),
  );
  return new Map(
    nodes.flatMap((node): [NodeId, NodeId][] => {
      if (node.kind !== 'source' || node.repartition === undefined || node.repartition.own === true) return [];
      const writer = writers.get(node.repartition.name);
      return writer === undefined ? [] : [[node.id, writer]];
    }),
  );
};
