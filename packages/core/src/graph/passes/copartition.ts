import type { GraphNode, NodeId, ProcessorNode } from '../node.js';
import { Components } from './components.js';

/**
 * Groups the topics whose partitions must meet: for each step that joins or combines several inputs by key, the topics
 * that reach it within its sub-topology. Groups that share a topic are one group. Where `through` says no of a node, what
 * is above it does not count for those below.
 */
export const copartitionGroups = (
  nodes: readonly GraphNode[],
  through: (node: ProcessorNode) => boolean = () => true,
): readonly (readonly string[])[] => {
  const reaching = new Map<NodeId, ReadonlySet<string>>();
  const components = new Components<string>();
  const meeting = new Set<string>();
  for (const node of nodes) {
    if (node.kind === 'source') {
      reaching.set(node.id, new Set(node.topics instanceof RegExp ? [String(node.topics)] : node.topics));
    }
    if (node.kind !== 'processor') continue;
    const topics = new Set(node.inputs.flatMap(({ from }) => [...(reaching.get(from) ?? [])]));
    reaching.set(node.id, through(node) ? topics : new Set());
    const [first, ...others] = topics;
    if (node.copartitioned !== true || first === undefined || others.length === 0) continue;
    for (const topic of topics) {
      components.unite(first, topic);
      meeting.add(topic);
    }
  }
  return components.group(meeting, (topic) => topic);
};
