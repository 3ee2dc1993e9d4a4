import { TopologyError } from '../errors.js';
import type { Edge, GraphNode, NodeId } from '../node.js';

/** Returns the nodes that a node reads. */
export const inputsOf = (node: GraphNode): readonly Edge[] =>
  node.kind === 'processor' || node.kind === 'sink' ? node.inputs : [];

/** Refuses duplicate names, and parents that are missing, unknown or sinks. */
export const checkNodes = (nodes: readonly GraphNode[]): void => {
  const byId = new Map<NodeId, GraphNode>();
  for (const node of nodes) {
    if (byId.has(node.id)) {
      throw new TopologyError(`two nodes are named "${node.id}": give one another name`, { node: node.id });
    }
    byId.set(node.id, node);
  }
  for (const node of nodes) checkParents(node, byId);
};

const checkParents = (node: GraphNode, byId: ReadonlyMap<NodeId, GraphNode>): void => {
  const { id } = node;
  if ((node.kind === 'processor' || node.kind === 'sink') && node.inputs.length === 0) {
    throw new TopologyError(`"${id}" has no parents: name at least one`, { node: id });
  }
  for (const { by, from } of inputsOf(node)) {
    const parent = byId.get(from);
    if (parent === undefined) {
      throw new TopologyError(`"${id}" reads "${from}", which is not in this topology: add it, or rename the parent`, {
        node: id,
      });
    }
    if (parent.kind === 'sink') {
      throw new TopologyError(
        `"${id}" reads the sink "${from}", which forwards nothing: read its topic with a source instead`,
        { node: id },
      );
    }
    if (parent.kind === 'global' && by !== 'lookup') {
      throw new TopologyError(`"${id}" reads the global table "${from}", which forwards nothing: look it up instead`, {
        node: id,
      });
    }
  }
};

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
