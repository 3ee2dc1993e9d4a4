import type { NodeId, TaskNode } from '@kstreams/core/graph';

/** True when an async stage among these nodes, which are in order, has a store somewhere above it. */
export const stateAbove = (nodes: readonly TaskNode[]): boolean => {
  const behindStores = new Set<NodeId>();
  let found = false;
  for (const node of nodes) {
    if (node.kind === 'source') continue;
    const above = node.inputs.some(({ by, from }) => by === 'pipeline' && behindStores.has(from));
    if (node.kind === 'processor' && node.async !== undefined && above) found = true;
    if (above || (node.kind === 'processor' && node.stores.length > 0)) behindStores.add(node.id);
  }
  return found;
};

/**
 * The nodes, which are in order, whose time must not run ahead of what is under way: those that stand behind an async stage
 * or look up what does, and the tables that those look up.
 */
export const behindStages = (nodes: readonly TaskNode[]): ReadonlySet<NodeId> => {
  const behind = new Set<NodeId>();
  const stages = new Set<NodeId>();
  for (const node of nodes) {
    if (node.kind === 'source') continue;
    if (node.inputs.some(({ from }) => behind.has(from) || stages.has(from))) behind.add(node.id);
    if (node.kind === 'processor' && node.async !== undefined) stages.add(node.id);
  }
  for (const node of nodes.toReversed()) {
    if (node.kind !== 'processor' || !behind.has(node.id)) continue;
    for (const { by, from } of node.inputs) if (by === 'lookup') behind.add(from);
  }
  return behind;
};
