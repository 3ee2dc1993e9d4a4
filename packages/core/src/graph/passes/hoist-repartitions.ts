import type { Edge, GraphNode, NodeId, ProcessorNode, Repartition } from '../node.js';
import { contentOf, isShareable } from './repartition-content.js';

/**
 * Moves repartitions above steps that keep key and value, such as filters, if several readers of one node then share one
 * topic. A step is moved only if all its readers are behind repartitions of equal content, so that no other record is
 * repartitioned.
 */
export const hoistRepartitions = (nodes: readonly GraphNode[]): readonly GraphNode[] => {
  const readers = readersOf(nodes);
  const movable = movableSteps(nodes, readers);
  const hoisted = new Map<NodeId, Repartition>();
  const behind = new Set<NodeId>();
  for (const { id } of nodes) {
    if (behind.has(id)) {
      for (const { node: reader } of readers.get(id) ?? []) if (movable.has(reader.id)) behind.add(reader.id);
      continue;
    }
    for (const group of groupByContent(readers.get(id) ?? [], movable)) {
      if (group.length < 2) continue;
      for (const { node: reader } of group) {
        const repartition = movable.get(reader.id);
        if (repartition === undefined) continue;
        hoisted.set(reader.id, repartition);
        behind.add(reader.id);
      }
    }
  }
  return hoisted.size === 0 ? nodes : nodes.map((node) => withHoisted(node, hoisted, behind));
};

/** A node that reads another one, and the edge between them. */
interface Reader {
  readonly node: GraphNode;
  readonly edge: Edge;
}

const readersOf = (nodes: readonly GraphNode[]): ReadonlyMap<NodeId, readonly Reader[]> => {
  const readers = new Map<NodeId, Reader[]>();
  for (const reader of nodes) {
    if (reader.kind !== 'processor' && reader.kind !== 'sink') continue;
    for (const edge of reader.inputs)
      readers.set(edge.from, [...(readers.get(edge.from) ?? []), { node: reader, edge }]);
  }
  return readers;
};

/** Returns the steps that may be moved below a repartition, each with the first repartition that follows it. */
const movableSteps = (
  nodes: readonly GraphNode[],
  readers: ReadonlyMap<NodeId, readonly Reader[]>,
): ReadonlyMap<NodeId, Repartition> => {
  const movable = new Map<NodeId, Repartition>();
  for (const node of nodes.toReversed()) {
    if (node.kind !== 'processor' || !keepsRecords(node)) continue;
    const repartitions = (readers.get(node.id) ?? []).map((reader) => repartitionOf(reader, movable));
    const [first] = repartitions;
    if (first !== undefined && repartitions.every((other) => other && contentOf(other) === contentOf(first))) {
      movable.set(node.id, first);
    }
  }
  return movable;
};

const keepsRecords = ({ inputs, key, stateless, value }: ProcessorNode): boolean =>
  stateless === true && inputs.length === 1 && inputs[0]?.by === 'pipeline' && key === 'kept' && value === 'kept';

/** Returns the repartition of an edge, or the one after movable steps. */
const repartitionOf = (
  { node: reader, edge }: Reader,
  movable: ReadonlyMap<NodeId, Repartition>,
): Repartition | undefined => {
  if (edge.by === 'pipeline') return movable.get(reader.id);
  return edge.by === 'repartition' && isShareable(edge.repartition) ? edge.repartition : undefined;
};

const groupByContent = (
  readers: readonly Reader[],
  movable: ReadonlyMap<NodeId, Repartition>,
): Iterable<readonly Reader[]> => {
  const groups = new Map<string, Reader[]>();
  for (const reader of readers) {
    const repartition = repartitionOf(reader, movable);
    if (repartition === undefined) continue;
    const content = contentOf(repartition);
    groups.set(content, [...(groups.get(content) ?? []), reader]);
  }
  return groups.values();
};

const withHoisted = (
  node: GraphNode,
  hoisted: ReadonlyMap<NodeId, Repartition>,
  behind: ReadonlySet<NodeId>,
): GraphNode => {
  if (node.kind !== 'processor') return node;
  const repartition = hoisted.get(node.id);
  const inputs = node.inputs.map((edge): Edge => {
    const { from } = edge;
    if (repartition !== undefined) return { by: 'repartition', from, repartition };
    return edge.by === 'repartition' && behind.has(from) ? { by: 'pipeline', from, before: edge.before } : edge;
  });
  return { ...node, inputs };
};
