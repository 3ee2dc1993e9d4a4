import { TopologyError } from '../errors.js';
import { repartitionTopic } from '../internal-topics.js';
import type { Edge, GraphNode, NodeId, Repartition, RepartitionEdge, SinkNode, SourceNode } from '../node.js';
import { contentOf, isShareable } from './repartition-content.js';

/**
 * Replaces each repartition edge by a sink and a source of its topic. Edges from one node with equal content share one
 * topic: that of the first edge with a name by the user, otherwise of the first edge.
 */
export const cutRepartitions = (application: string, nodes: readonly GraphNode[]): GraphNode[] => {
  const topics = sharedRepartitions(nodes);
  const accepting = acceptingNullKeys(nodes);
  const nullKeys = passingNullKeys(nodes, accepting);
  const written = new Set<string>();
  return nodes.flatMap((node) => {
    if (node.kind !== 'processor' || node.inputs.every(({ by }) => by !== 'repartition')) return [node];
    const cut: GraphNode[] = [];
    const inputs = node.inputs.map((edge): Edge => {
      if (edge.by !== 'repartition') return edge;
      const topicKey = topicKeyOf(edge);
      const repartition = topics.get(topicKey) as Repartition;
      if (!written.has(topicKey)) {
        const topic = repartitionTopic(application, repartition);
        cut.push(sinkOf(edge.from, topic, repartition, nullKeys.has(topicKey)), sourceOf(topic, repartition));
        written.add(topicKey);
      }
      const dropsNullKeys = nullKeys.has(topicKey) && !passesNullKeys(edge, node.id, accepting);
      return {
        by: 'pipeline',
        from: sourceId(repartition),
        before: edge.before,
        ...(dropsNullKeys && { dropsNullKeys }),
      };
    });
    return [...cut, { ...node, inputs }];
  });
};

/** Returns the identity of an edge's topic: edges with equal keys share it. */
const topicKeyOf = ({ from, repartition }: RepartitionEdge): string =>
  JSON.stringify([from, isShareable(repartition) ? contentOf(repartition) : { name: repartition.name }]);

const repartitionEdges = (nodes: readonly GraphNode[]): readonly (readonly [RepartitionEdge, reader: NodeId])[] =>
  nodes.flatMap((node) =>
    node.kind === 'processor'
      ? node.inputs.flatMap((edge) => (edge.by === 'repartition' ? [[edge, node.id] as const] : []))
      : [],
  );

const sharedRepartitions = (nodes: readonly GraphNode[]): ReadonlyMap<string, Repartition> => {
  const topics = new Map<string, Repartition>();
  for (const [edge] of repartitionEdges(nodes)) {
    const topicKey = topicKeyOf(edge);
    const first = topics.get(topicKey);
    if (first === undefined || (!first.named && edge.repartition.named)) topics.set(topicKey, edge.repartition);
  }
  const keysByName = new Map<string, string>();
  for (const [edge, node] of repartitionEdges(nodes)) {
    const topicKey = topicKeyOf(edge);
    const name = topics.get(topicKey)?.name as string;
    if ((keysByName.get(name) ?? topicKey) !== topicKey) {
      throw new TopologyError(`two repartitions are named "${name}": give one step another name`, { node });
    }
    keysByName.set(name, topicKey);
  }
  return topics;
};

/** Returns the nodes that accept null keys, and the nodes above them. */
const acceptingNullKeys = (nodes: readonly GraphNode[]): ReadonlySet<NodeId> => {
  const accepting = new Set<NodeId>();
  for (const node of nodes.toReversed()) {
    if (node.kind !== 'processor') continue;
    if (node.nullKeys === true) accepting.add(node.id);
    if (!accepting.has(node.id)) continue;
    for (const edge of node.inputs) if (edge.by !== 'lookup') accepting.add(edge.from);
  }
  return accepting;
};

const passesNullKeys = ({ repartition }: RepartitionEdge, reader: NodeId, accepting: ReadonlySet<NodeId>): boolean =>
  repartition.nullKeys === true || accepting.has(reader);

/** Returns the keys of the topics that carry null keys, because a reader accepts them. */
const passingNullKeys = (nodes: readonly GraphNode[], accepting: ReadonlySet<NodeId>): ReadonlySet<string> =>
  new Set(
    repartitionEdges(nodes)
      .filter(([edge, reader]) => passesNullKeys(edge, reader, accepting))
      .map(([edge]) => topicKeyOf(edge)),
  );

const sourceId = ({ name }: Repartition): NodeId => `${name}-source`;

const sinkOf = (from: NodeId, topic: string, repartition: Repartition, nullKeys: boolean): SinkNode => ({
  kind: 'sink',
  id: `${repartition.name}-sink`,
  inputs: [{ by: 'pipeline', from }],
  topic,
  key: repartition.key,
  value: repartition.value,
  partitioner: repartition.partitioner,
  repartition,
  nullKeys,
});

const sourceOf = (topic: string, repartition: Repartition): SourceNode => ({
  kind: 'source',
  id: sourceId(repartition),
  topics: [topic],
  key: repartition.key,
  value: repartition.value,
  from: 'earliest',
  nulls: 'pass',
  repartition,
});
