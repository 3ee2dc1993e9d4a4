import type { AnyProcess, Lookup, NodeId, PipelineEdge, TaskNode } from '@kstreams/core/graph';
import { behindStages } from '../async/state-above.js';
import { type Child, fanOut, nodeContext } from './context.js';
import { guard } from './guard.js';
import type { Scope } from './scope.js';

/**
 * Opens the nodes of a sub-topology into closures, for one task: the door of each source.
 *
 * Nodes come in topological order, so one walk from the last to the first finds every child open already. Children are
 * called in the order in which they were added, a child that reads a node twice once per edge.
 */
export const compile = (nodes: readonly TaskNode[], scope: Scope): ReadonlyMap<NodeId, AnyProcess> => {
  const children = new Map<NodeId, Child[]>(nodes.map(({ id }) => [id, []]));
  const sources = new Map<NodeId, AnyProcess>();
  const lookup = lookups(nodes, scope);
  const behind = behindStages(nodes);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as TaskNode;
    const below = children.get(node.id) as Child[];
    if (node.kind === 'source') {
      sources.set(node.id, fanOut(below));
      continue;
    }
    const place = behind.has(node.id) ? (scope.behind ?? scope) : scope;
    const doors =
      node.kind === 'sink' ? [place.sink(node)] : node.open(nodeContext(node.id, below, lookup(node), place));
    const inputs = node.inputs.filter(({ by }) => by === 'pipeline');
    for (let at = inputs.length - 1; at >= 0; at--) {
      const { sideOutput = false, from, stopsNullKeys } = inputs[at] as PipelineEdge;
      const door = guard(from, node.id, place, (doors.length === 1 ? doors[0] : doors[at]) as AnyProcess);
      const process = stopsNullKeys === true ? withoutNullKeys(door) : door;
      children.get(from)?.unshift({ id: node.id, process, sideOutput });
    }
  }
  return sources;
};

const withoutNullKeys =
  (door: AnyProcess): AnyProcess =>
  (record) => {
    if (record.key !== null && record.key !== undefined) door(record);
  };

/** Finds the tables behind a node's lookup edges; a table that is computed from another looks that one up in turn. */
const lookups = (nodes: readonly TaskNode[], scope: Scope) => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const made = new Map<NodeId, Lookup<unknown, unknown>>();
  const lookupOf = (id: NodeId): Lookup<unknown, unknown> => {
    const known = made.get(id);
    if (known !== undefined) return known;
    const node = byId.get(id);
    const lookup =
      node?.kind === 'processor' && node.lookup !== undefined
        ? node.lookup(nodeContext(id, [], through(node), scope))
        : scope.globalLookup(id);
    made.set(id, lookup);
    return lookup;
  };
  const through =
    (node: TaskNode) =>
    (index: number): Lookup<unknown, unknown> => {
      const edges = node.kind === 'processor' ? node.inputs.filter(({ by }) => by === 'lookup') : [];
      const edge = edges[index];
      if (edge === undefined) throw new RangeError(`node ${node.id} has no lookup edge ${index}`);
      return lookupOf(edge.from);
    };
  return through;
};
