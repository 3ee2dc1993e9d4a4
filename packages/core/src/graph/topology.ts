import type { GlobalNode, GraphNode, NodeId, ProcessorNode, Repartition, SinkNode, SourceNode } from './node.js';
import type { AnyStoreSpec } from './store.js';

/**
 * A topology: nodes in topological order, each after the nodes it reads. Frozen data.
 */
export interface Topology {
  /** The application's name: its group, the prefix of its topics, its state folder. */
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  /** `'required'` when stores and internal topics must be named. */
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
   * An empty topic with one partition per task, for sub-topologies that read a pattern: the group divides it while topics
   * begin to match.
   */
  readonly tasksTopic?: string;
}

/** A node that a task opens. */
export type TaskNode = SourceNode | ProcessorNode | SinkNode;

/** A topology that is ready to run: cut at its repartitions and divided into sub-topologies. */
export interface Plan {
  readonly name: string;
  readonly subtopologies: readonly Subtopology[];
  readonly globals: readonly GlobalNode[];
  readonly repartitions: readonly Repartition[];
  /**
   * Groups of topics whose partitions meet in one task, as Kafka Streams names them, which forgets what is above a
   * suppressed table; patterns as `String(pattern)`.
   */
  readonly describedCopartitionGroups: readonly (readonly string[])[];
  /** Groups of topics that need equal partition counts: as `describedCopartitionGroups`, and also above suppressed tables. */
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
