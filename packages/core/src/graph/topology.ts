import type { GlobalNode, GraphNode, NodeId, ProcessorNode, Repartition, SinkNode, SourceNode } from './node.js';
import type { AnyStoreSpec } from './store.js';

/**
 * A topology as it was written down: nodes in an order in which each comes after those it reads. Frozen data; nothing
 * runs.
 */
export interface Topology {
  /** The application: its group, the prefix of its topics, its state folder. */
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  /** `'required'` where what outlives the process must have been named. */
  readonly names?: 'required' | undefined;
}

/** Nodes that run together: what pipeline edges, lookups and shared stores connect. One task per partition runs it. */
export interface Subtopology {
  readonly id: number;
  /** In topological order, without the global tables. */
  readonly nodes: readonly TaskNode[];
  readonly sources: readonly SourceNode[];
  readonly stores: readonly AnyStoreSpec[];
  /**
   * The empty topic whose partitions are its tasks, where a pattern is read: topics may begin to match while it runs, and
   * the group must have something to divide that stays as it is.
   */
  readonly tasksTopic?: string;
}

/** A node that a task opens. */
export type TaskNode = SourceNode | ProcessorNode | SinkNode;

/** A topology made ready to run: settled, cut at its repartitions, divided. What the runtime and `describe` read. */
export interface Plan {
  readonly name: string;
  readonly subtopologies: readonly Subtopology[];
  readonly globals: readonly GlobalNode[];
  readonly repartitions: readonly Repartition[];
  /**
   * Groups of topics whose partitions meet in one task, as Kafka Streams names them, which forgets what is above a
   * suppressed table; patterns as `String(pattern)`.
   */
  readonly copartitions: readonly (readonly string[])[];
  /** Groups of topics that need equal partition counts: as `copartitions`, and also above suppressed tables. */
  readonly copartitionGroups: readonly (readonly string[])[];
}

/** The nodes that read from each node by pipeline, in the order in which they were added. */
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
