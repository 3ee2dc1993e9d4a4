/** Lays out the drawing of a topology. */
import { Graph, layout } from '@dagrejs/dagre';
import type { DescribedNode, DescribedTopology } from '@kstreams/core/graph';

/** A rectangle by its middle. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A box of the drawing. */
export interface Box extends Rectangle {
  readonly id: string;
  readonly kind: 'source' | 'processor' | 'sink' | 'between' | 'store' | 'global';
  readonly label: string;
  /** A second, smaller line. */
  readonly note: string;
  /** The topic of a source, a sink or a topic between sub-topologies. */
  readonly topic: string | undefined;
}

/** An arrow of the drawing, through points. */
export interface Arrow {
  /** Unique in the drawing. */
  readonly id: string;
  /** The box at which it starts. */
  readonly from: string;
  readonly to: string;
  /** The node that forwards its records: that of its box, except for readers of an internal topic. */
  readonly node: string;
  readonly kind: 'flow' | 'lookup' | 'store';
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A frame around a sub-topology. */
export interface Frame extends Rectangle {
  readonly id: number;
}

/** Boxes, arrows and frames, with the size of the whole. */
export interface Drawing {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  readonly frames: readonly Frame[];
  readonly width: number;
  readonly height: number;
}

type Part = Omit<Box, keyof Rectangle> & { readonly frame: number | undefined };
type Line = Omit<Arrow, 'points' | 'id'>;

/** The room between boxes, in pixels. */
export interface Gaps {
  /** Between two boxes of a rank. */
  readonly boxes: number;
  /** Between two ranks, for the texts on arrows too. */
  readonly ranks: number;
  /** Around the whole. */
  readonly margin: number;
}

const wide: Gaps = { boxes: 26, ranks: 42, margin: 12 };

/** Returns the drawing of a topology. */
export const draw = (topology: DescribedTopology, { boxes, margin, ranks }: Gaps = wide): Drawing => {
  const { lines, parts } = partsOf(topology);
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: boxes, ranksep: ranks, marginx: margin, marginy: margin });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of topology.subtopologies) graph.setNode(`frame ${id}`, {});
  for (const part of parts) {
    graph.setNode(part.id, { ...sizeOf(part) });
    if (part.frame !== undefined) graph.setParent(part.id, `frame ${part.frame}`);
  }
  for (const [at, line] of lines.entries()) graph.setEdge(line.from, line.to, {}, String(at));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    boxes: parts.map(({ frame: _, ...part }) => ({ ...part, ...placed(graph.node(part.id) as Rectangle) })),
    arrows: lines.map((line, at) => ({
      ...line,
      id: `${line.node} ${line.to} ${line.kind}`,
      points: graph.edge(line.from, line.to, String(at)).points,
    })),
    frames: topology.subtopologies
      .filter(({ nodes }) => nodes.length > 0)
      .map(({ id }) => ({ id, ...placed(graph.node(`frame ${id}`) as Rectangle) })),
    width,
    height,
  };
};

const placed = ({ height, width, x, y }: Rectangle): Rectangle => ({ x, y, width, height });

const sizeOf = ({ kind, label, note }: Part): { width: number; height: number } => ({
  width: Math.min(230, Math.max(84, 7.4 * label.length + 26, 5.8 * note.length + 26)),
  height: kind === 'store' ? 42 : note === '' ? 28 : 38,
});

const partsOf = (topology: DescribedTopology): { parts: Part[]; lines: Line[] } => {
  const { globalTables, internalTopics, name, subtopologies } = topology;
  const parts: Part[] = [];
  const lines: Line[] = [];
  const own = new Set(internalTopics.map((one) => one.name));
  const boxOf = readersAsWriters(topology);
  const add = (from: string, to: string, kind: Line['kind']): void => {
    const known = lines.some((line) => line.node === from && line.to === to && line.kind === kind);
    if (!known) lines.push({ from: boxOf.get(from) ?? from, to, node: from, kind });
  };
  for (const { id, store, topic } of globalTables) {
    parts.push({ id, kind: 'global', label: topic, note: `global table ${store.name}`, topic, frame: undefined });
  }
  for (const { id: frame, nodes, stores } of subtopologies) {
    for (const node of nodes) {
      if (!boxOf.has(node.id)) parts.push({ ...partOf(node, name, own), frame });
      if (node.kind === 'source') continue;
      for (const parent of node.parents) add(parent, node.id, 'flow');
      if (node.kind === 'sink') continue;
      for (const table of node.lookups) if (!node.parents.includes(table)) add(table, node.id, 'lookup');
      for (const store of node.stores) add(node.id, storeBox(store), 'store');
    }
    for (const { kind, name: store } of stores) {
      parts.push({ id: storeBox(store), kind: 'store', label: store, note: kind, topic: undefined, frame });
    }
  }
  return { parts, lines };
};

/** Returns the id of the box of a store. */
export const storeBox = (store: string): string => `store ${store}`;

/** Maps sources of internal topics to the sinks that write them. Both are drawn as one box, the topic. */
export const readersAsWriters = ({ subtopologies }: DescribedTopology): ReadonlyMap<string, string> => {
  const nodes = subtopologies.flatMap((one) => one.nodes);
  const writers = new Map(
    nodes.flatMap((node) => (node.kind === 'sink' && node.topic !== null ? [[node.topic, node.id]] : [])),
  );
  return new Map(
    nodes.flatMap((node) => {
      if (node.kind !== 'source' || 'pattern' in node.topics) return [];
      const writer = node.topics.map((topic) => writers.get(topic)).find((one) => one !== undefined);
      return writer === undefined ? [] : [[node.id, writer]];
    }),
  );
};

const partOf = (node: DescribedNode, application: string, own: ReadonlySet<string>): Omit<Part, 'frame'> => {
  if (node.kind === 'processor') {
    const named = !node.id.startsWith(node.operator);
    return { id: node.id, kind: 'processor', label: node.id, note: named ? node.operator : '', topic: undefined };
  }
  if (node.kind === 'source') {
    const label = 'pattern' in node.topics ? node.topics.pattern : node.topics.join(', ');
    return { id: node.id, kind: 'source', label, note: 'from topic', topic: label };
  }
  const { id, topic } = node;
  if (topic === null) return { id, kind: 'sink', label: 'a topic for each record', note: '', topic: undefined };
  if (!own.has(topic)) return { id, kind: 'sink', label: topic, note: 'to topic', topic };
  const label = topic.replace(`${application}-`, '').replace(/-repartition$/, '');
  return { id, kind: 'between', label, note: 'repartition topic', topic };
};
