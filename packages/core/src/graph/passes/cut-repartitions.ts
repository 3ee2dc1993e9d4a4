import { TopologyError } from '../errors.js';
import { repartitionTopic } from '../internal-topics.js';
import type { Edge, GraphNode, NodeId, Repartition, RepartitionEdge, SinkNode, SourceNode } from '../node.js';
import type { AnySerde } from '../serde.js';
import { contentOf, isShareable } from './repartition-content.js';

/**
 * Replaces every repartition edge by a sink and a source around the repartition's topic. Edges that leave the same node
 * with the same content share one topic: that of the first of them which the user named, else of the first.
 */
export const cutRepartitions = (application: string, nodes: readonly GraphNode[]): GraphNode[] => {
  const topics = sharedRepartitions(nodes);
  const wanting = wantingNullKeys(nodes);
  const nullKeys = passingNullKeys(nodes, wanting);
  const written = new Set<string>();
  return nodes.flatMap((node) => {
    if (node.kind !== 'processor' || node.inputs.every(({ by }) => by !== 'repartition')) return [node];
    const cut: GraphNode[] = [];
    const inputs = node.inputs.map((edge): Edge => {
      if (edge.by !== 'repartition') return edge;
      const place = placeOf(edge);
      const repartition = topics.get(place) as Repartition;
      if (!written.has(place)) {
        const topic = repartitionTopic(application, repartition);
        cut.push(sinkOf(edge.from, topic, repartition, nullKeys.has(place)), sourceOf(topic, repartition));
        written.add(place);
      }
      const dropsNullKeys = nullKeys.has(place) && !passesNullKeys(edge, node.id, wanting);
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

/** Where a topic is cut: edges with the same place share it. */
const placeOf = ({ from, repartition }: RepartitionEdge): string =>
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
    const place = placeOf(edge);
    const first = topics.get(place);
    if (first === undefined || (!first.named && edge.repartition.named)) topics.set(place, edge.repartition);
  }
  const places = new Map<string, string>();
  for (const [edge, node] of repartitionEdges(nodes)) {
    const place = placeOf(edge);
    const name = topics.get(place)?.name as string;
    if ((places.get(name) ?? place) !== place) {
      throw new TopologyError(`two repartitions are named "${name}": give one step another name`, { node });
    }
    places.set(name, place);
  }
  return topics;
};

/** The nodes that can do something with a null key, or hand it on to one that can. */
const wantingNullKeys = (nodes: readonly GraphNode[]): ReadonlySet<NodeId> => {
  const wanting = new Set<NodeId>();
  for (const node of nodes.toReversed()) {
    if (node.kind !== 'processor') continue;
    if (node.nullKeys === true) wanting.add(node.id);
    if (!wanting.has(node.id)) continue;
    for (const edge of node.inputs) if (edge.by !== 'lookup') wanting.add(edge.from);
  }
  return wanting;
};

const passesNullKeys = ({ repartition }: RepartitionEdge, reader: NodeId, wanting: ReadonlySet<NodeId>): boolean =>
  repartition.nullKeys === true || wanting.has(reader);

/** The places through which null keys pass, because some reader wants them. */
const passingNullKeys = (nodes: readonly GraphNode[], wanting: ReadonlySet<NodeId>): ReadonlySet<string> =>
  new Set(
    repartitionEdges(nodes)
      .filter(([edge, reader]) => passesNullKeys(edge, reader, wanting))
      .map(([edge]) => placeOf(edge)),
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
  key: nullsPass(repartition.key),
  value: nullsPass(repartition.value),
  from: 'earliest',
  nulls: 'pass',
  repartition,
});

/** What was written inside the application is read back as it was, nulls too. */
const nullsPass = (serde: AnySerde): AnySerde => (serde.nullable === true ? serde : { ...serde, nullable: true });
