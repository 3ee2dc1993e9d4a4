import { TopologyError } from '../errors.js';
import { repartitionTopic } from '../internal-topics.js';
import type { Edge, GraphNode, NodeId, Repartition, RepartitionEdge, SinkNode, SourceNode } from '../node.js';
import type { AnySerde } from '../serde.js';

/**
 * Replaces every repartition edge by a sink and a source around the repartition's topic. Edges that leave the same node
 * for the same partitioning share one topic, that of the first of them.
 */
export const cutRepartitions = (application: string, nodes: readonly GraphNode[]): GraphNode[] => {
  const nullKeys = nodesWithNullKeys(nodes);
  const cuts = new Map<string, Repartition>();
  const cut: GraphNode[] = [];
  for (const node of nodes) {
    if (node.kind !== 'processor') {
      cut.push(node);
      continue;
    }
    const inputs = node.inputs.map((edge): Edge => {
      if (edge.by !== 'repartition') return edge;
      const origin = originOf(edge);
      const shared = cuts.get(origin);
      const repartition = shared ?? edge.repartition;
      if (shared === undefined) {
        refuseSecondOrigin(repartition, cuts, node.id);
        cuts.set(origin, repartition);
        const topic = repartitionTopic(application, repartition.name);
        cut.push(sinkOf(edge.from, topic, repartition, nullKeys), sourceOf(topic, repartition));
      }
      return { by: 'pipeline', from: sourceId(repartition), before: edge.before };
    });
    cut.push(node.inputs.some(({ by }) => by === 'repartition') ? { ...node, inputs } : node);
  }
  return cut;
};

const originOf = ({ from, repartition }: RepartitionEdge): string =>
  repartition.partitions === undefined && repartition.partitioner === undefined
    ? `${from} ${repartition.key.name} ${repartition.value.name}`
    : `${from} ${repartition.name}`;

const refuseSecondOrigin = (repartition: Repartition, cuts: ReadonlyMap<string, Repartition>, node: NodeId): void => {
  for (const other of cuts.values()) {
    if (other.name === repartition.name) {
      throw new TopologyError(`two repartitions are named "${repartition.name}": give one step another name`, { node });
    }
  }
};

const sourceId = ({ name }: Repartition): NodeId => `${name}-source`;

const sinkOf = (from: NodeId, topic: string, repartition: Repartition, nullKeys: ReadonlySet<NodeId>): SinkNode => ({
  kind: 'sink',
  id: `${repartition.name}-sink`,
  inputs: [{ by: 'pipeline', from }],
  topic,
  key: repartition.key,
  value: repartition.value,
  partitioner: repartition.partitioner,
  repartition,
  nullKeys: nullKeys.has(repartition.name),
});

const sourceOf = (topic: string, repartition: Repartition): SourceNode => ({
  kind: 'source',
  id: sourceId(repartition),
  topics: [topic],
  key: nullsPass(repartition.key),
  value: nullsPass(repartition.value),
  from: 'earliest',
  nulls: 'pass',
  repartition,
});

/** What was written inside the application is read back as it was, nulls too. */
const nullsPass = (serde: AnySerde): AnySerde => (serde.nullable === true ? serde : { ...serde, nullable: true });

/** The repartitions from which a node is reached, through pipelines only, that can do something with a null key. */
const nodesWithNullKeys = (nodes: readonly GraphNode[]): ReadonlySet<string> => {
  const wanting = new Set<NodeId>();
  const repartitions = new Set<string>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as GraphNode;
    if (node.kind !== 'processor') continue;
    if (node.nullKeys !== true && !wanting.has(node.id)) continue;
    for (const edge of node.inputs) {
      if (edge.by === 'pipeline') wanting.add(edge.from);
      if (edge.by === 'repartition') repartitions.add(edge.repartition.name);
    }
  }
  return repartitions;
};
