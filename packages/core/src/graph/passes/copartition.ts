import type { GraphNode, NodeId } from '../node.js';

/**
 * Groups the topics whose partitions must meet: for each step that joins or combines several inputs by key, the topics
 * that reach it within its sub-topology. Groups that share a topic are one group.
 */
export const copartitionGroups = (nodes: readonly GraphNode[]): readonly (readonly string[])[] => {
  const reaching = new Map<NodeId, ReadonlySet<string>>();
  const groups: Set<string>[] = [];
  for (const node of nodes) {
    if (node.kind === 'global') reaching.set(node.id, new Set());
    if (node.kind === 'source') {
      reaching.set(node.id, new Set(node.topics instanceof RegExp ? [String(node.topics)] : node.topics));
    }
    if (node.kind !== 'processor') continue;
    const sides = node.inputs.map(({ from }) => reaching.get(from) ?? new Set<string>());
    const all = new Set(sides.flatMap((side) => [...side]));
    reaching.set(node.id, all);
    if (node.copartitioned === true && all.size > 1) unite(groups, all);
  }
  return groups.map((group) => [...group]);
};

const unite = (groups: Set<string>[], topics: ReadonlySet<string>): void => {
  const touching = groups.filter((group) => [...topics].some((topic) => group.has(topic)));
  const whole = new Set([...touching.flatMap((group) => [...group]), ...topics]);
  for (const group of touching) groups.splice(groups.indexOf(group), 1);
  groups.push(whole);
};
