import type { GlobalNode, GraphNode, NodeId, ProcessorNode, Repartition, SinkNode, SourceNode } from './node.js';
import type { AnyStoreSpec } from './store.js';

/**
 * A topology: nodes in topological order, each after the nodes it reads. Frozen data.
 */
export interface Topology {
  /** The application's name: its group, the prefix of its topics, its state folder. */
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  /** Set to `'required'` when stores and internal topics must be named. */
  readonly names?: 'required' | undefined;
}

/** Nodes connected by pipeline edges, lookups or shared stores. One task per partition runs them. */
export interface Subtopology {
  readonly id: number;
  /** In topological order, without the global tables. */
  readonly nodes: readonly TaskNode[];
  readonly sources: readonly SourceNode[];
  readonly stores: readonly AnyStoreSpec[];
  /**
   * Set if the sub-topology reads a pattern, or several topics in an application without stores: an empty topic with one
   * partition per task. The group assigns it in place of the topics, since other ones may match or become the widest.
   */
  readonly tasksTopic?: string;
}

/** A node that a task opens. */
export type TaskNode = SourceNode | ProcessorNode | SinkNode;

/** A runnable topology: cut at its repartitions and divided into sub-topologies. */
export interface Plan {
  readonly name: string;
  readonly subtopologies: readonly Subtopology[];
  readonly globals: readonly GlobalNode[];
  readonly repartitions: readonly Repartition[];
  /**
   * The co-partition groups as Kafka Streams describes them: without the topics above suppressed tables. Patterns are given
   * as `String(pattern)`.
   */
  readonly describedCopartitionGroups: readonly (readonly string[])[];
  /** The groups of topics that need equal partition counts, including topics above suppressed tables. */
  readonly copartitionGroups: readonly (readonly string[])[];
}

/** Returns the nodes below each node by pipeline edges, in the order in which they were added. */
export const childrenOf = (nodes: readonly GraphNode[]): ReadonlyMap<NodeId, readonly GraphNode[]> => {
  const children = new Map<NodeId, GraphNode[]>(nodes.map((node) => [node.id, []]));
  for (const node of nodes) {
    if (node.kind !== 'processor' && node.kind !== 'sink') continue;
    for (const edge of node.inputs) {
      const siblings = children.get(edge.from);
      if (edge.by === 'pipeline' && siblings !== undefined && !siblings.includes(node)) siblings.push(node);
    }
  }
  return children;
};
