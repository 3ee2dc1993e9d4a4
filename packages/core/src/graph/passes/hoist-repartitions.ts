import type { Edge, GraphNode, NodeId, ProcessorNode, Repartition } from '../node.js';
import { contentOf, isShareable } from './repartition-content.js';

/**
 * Moves repartitions above steps that keep key and value, such as filters, where several readers of one node then share
 * one topic. A step goes behind the topic only if everything that reads it is behind one of the same content, so that no
 * other record has to take that way.
 */
export const hoistRepartitions = (nodes: readonly GraphNode[]): readonly GraphNode[] => {
  const readings = readingsOf(nodes);
  const movable = movableSteps(nodes, readings);
  const hoisted = new Map<NodeId, Repartition>();
  const behind = new Set<NodeId>();
  for (const { id } of nodes) {
    if (behind.has(id)) {
      for (const { reader } of readings.get(id) ?? []) if (movable.has(reader.id)) behind.add(reader.id);
      continue;
    }
    for (const group of groupByContent(readings.get(id) ?? [], movable)) {
      if (group.length < 2) continue;
      for (const { reader } of group) {
        const repartition = movable.get(reader.id);
        if (repartition === undefined) continue;
        hoisted.set(reader.id, repartition);
        behind.add(reader.id);
      }
    }
  }
  return hoisted.size === 0 ? nodes : nodes.map((node) => withHoisted(node, hoisted, behind));
};

/** One way in which a node is read. */
interface Reading {
  readonly reader: GraphNode;
  readonly edge: Edge;
}

const readingsOf = (nodes: readonly GraphNode[]): ReadonlyMap<NodeId, readonly Reading[]> => {
  const readings = new Map<NodeId, Reading[]>();
  for (const reader of nodes) {
    if (reader.kind !== 'processor' && reader.kind !== 'sink') continue;
    for (const edge of reader.inputs) readings.set(edge.from, [...(readings.get(edge.from) ?? []), { reader, edge }]);
  }
  return readings;
};

/** The steps that may stand on either side of a repartition, each with the first repartition behind it. */
const movableSteps = (
  nodes: readonly GraphNode[],
  readings: ReadonlyMap<NodeId, readonly Reading[]>,
): ReadonlyMap<NodeId, Repartition> => {
  const movable = new Map<NodeId, Repartition>();
  for (const node of nodes.toReversed()) {
    if (node.kind !== 'processor' || !passesRecordsOn(node)) continue;
    const repartitions = (readings.get(node.id) ?? []).map((reading) => repartitionOf(reading, movable));
    const [first] = repartitions;
    if (first !== undefined && repartitions.every((other) => other && contentOf(other) === contentOf(first))) {
      movable.set(node.id, first);
    }
  }
  return movable;
};

const passesRecordsOn = ({ inputs, key, stateless, value }: ProcessorNode): boolean =>
  stateless === true && inputs.length === 1 && inputs[0]?.by === 'pipeline' && key === 'kept' && value === 'kept';

/** The repartition that a reading leads to, at once or behind steps that may be moved. */
const repartitionOf = (
  { reader, edge }: Reading,
  movable: ReadonlyMap<NodeId, Repartition>,
): Repartition | undefined => {
  if (edge.by === 'pipeline') return movable.get(reader.id);
  return edge.by === 'repartition' && isShareable(edge.repartition) ? edge.repartition : undefined;
};

const groupByContent = (
  readings: readonly Reading[],
  movable: ReadonlyMap<NodeId, Repartition>,
): Iterable<readonly Reading[]> => {
  const groups = new Map<string, Reading[]>();
  for (const reading of readings) {
    const repartition = repartitionOf(reading, movable);
    if (repartition === undefined) continue;
    const content = contentOf(repartition);
    groups.set(content, [...(groups.get(content) ?? []), reading]);
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
