import { TopologyError } from '../errors.js';
import type { GraphNode, NodeId } from '../node.js';
import { inputsOf } from './check-nodes.js';

/** Refuses nodes without a source above them. `ordered` is in topological order. */
export const checkReached = (ordered: readonly GraphNode[]): void => {
  const reached = new Set<NodeId>();
  for (const node of ordered) {
    const begins = node.kind === 'source' || node.kind === 'global';
    if (begins || inputsOf(node).some(({ by, from }) => by !== 'lookup' && reached.has(from))) reached.add(node.id);
  }
  const orphans = ordered.filter(({ id }) => !reached.has(id)).map(({ id }) => `"${id}"`);
  if (orphans.length > 0) throw new TopologyError(`no source reaches ${orphans.join(', ')}: connect them to one`);
};
