import type { GraphNode, LookupEdge, NodeId, TableEdge } from '../node.js';
import { inputsOf } from './check-nodes.js';

/**
 * Returns the tables whose change may reach a lookup before it is forwarded along the lookup's edge: tables that feed both
 * sides of a join, directly or through other steps.
 */
export const partlyForwardedTables = (nodes: readonly GraphNode[]): ReadonlySet<NodeId> => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges = pipelineEdges(nodes);
  const found = new Set<NodeId>();
  for (const reader of nodes) {
    for (const { from, along } of lookupsOf(reader).flatMap((lookup) => lookupsBehind(lookup, byId))) {
      const others = (edges.get(from) ?? []).filter(({ input, to }) => to !== along?.to || input !== along.input);
      if (others.some(({ to }) => reaches(to, reader.id, edges))) found.add(from);
    }
  }
  return found;
};

type Edges = ReadonlyMap<NodeId, readonly TableEdge[]>;

/** Returns the readers of each node by pipeline edges, each with its index among the reader's inputs. */
const pipelineEdges = (nodes: readonly GraphNode[]): Edges => {
  const edges = new Map<NodeId, TableEdge[]>();
  for (const node of nodes) {
    const inputs = inputsOf(node).filter(({ by }) => by !== 'lookup');
    for (const [input, { by, from }] of inputs.entries()) {
      if (by === 'pipeline') edges.set(from, [...(edges.get(from) ?? []), { to: node.id, input }]);
    }
  }
  return edges;
};

const lookupsOf = (node: GraphNode | undefined): readonly LookupEdge[] =>
  node?.kind === 'processor'
    ? node.inputs.filter((edge): edge is LookupEdge => edge.by === 'lookup' && edge.along !== undefined)
    : [];

/** Returns a lookup, and those that compute its rows. */
const lookupsBehind = (lookup: LookupEdge, byId: ReadonlyMap<NodeId, GraphNode>): readonly LookupEdge[] => [
  lookup,
  ...lookupsOf(byId.get(lookup.from)).flatMap((inner) => lookupsBehind(inner, byId)),
];

/** True when records of a node reach another by pipeline edges, or it is that other. */
const reaches = (from: NodeId, to: NodeId, edges: Edges): boolean => {
  const seen = new Set([from]);
  for (const id of seen) for (const edge of edges.get(id) ?? []) seen.add(edge.to);
  return seen.has(to);
};
