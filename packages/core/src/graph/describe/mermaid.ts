import { match } from 'ts-pattern';
import { callsText } from './async-text.js';
import type {
  DescribedGlobalTable,
  DescribedNode,
  DescribedStore,
  DescribedSubtopology,
  DescribedTopology,
} from './described-topology.js';

/**
 * Returns a description as a Mermaid flowchart: topics, a box per sub-topology, and dotted lines from stores to changelogs.
 * Unnamed stores and topics have a dashed border. Ids are numbered, so names may contain any character.
 */
export const toMermaid = (topology: DescribedTopology): string => {
  const ids = new Ids();
  return [
    'flowchart TB',
    ...topicsOf(topology).map((topic) => `  ${ids.of('topic', topic)}[/${label(topic)}/]`),
    ...topology.globalTables.flatMap((table) => globalLines(table, ids)),
    ...topology.subtopologies.flatMap((subtopology) => boxLines(subtopology, ids)),
    ...topology.subtopologies.flatMap(({ nodes }) => nodes.flatMap((node) => edgeLines(node, ids))),
    ...topology.subtopologies.flatMap(({ stores }) => stores.flatMap((store) => changelogLines(store, ids))),
    ...unnamedLines(topology, ids),
    '',
  ].join('\n');
};

/** The ids of topics, nodes and stores in the diagram, such as `n3`. */
class Ids {
  readonly #ids = new Map<string, string>();
  readonly #counts = { topic: 0, node: 0, store: 0 };

  /** Returns the id of a name, numbered at first use. */
  of(kind: 'topic' | 'node' | 'store', name: string): string {
    const key = `${kind} ${name}`;
    const id = this.#ids.get(key) ?? `${kind[0]}${this.#counts[kind]++}`;
    this.#ids.set(key, id);
    return id;
  }
}

/** Returns a text in quotes, with Mermaid's special characters as character references. */
const label = (text: string): string =>
  `"${text.replace(/[^A-Za-z0-9 .,:_()-]/gu, (character) => `#${character.codePointAt(0)};`)}"`;

const topicsOf = ({ subtopologies, globalTables, internalTopics }: DescribedTopology): readonly string[] => {
  const used = subtopologies.flatMap(({ nodes }) => nodes.flatMap(topicsOfNode));
  const own = internalTopics.flatMap(({ kind, name }) => (kind === 'placement' ? [] : [name]));
  return [...new Set([...globalTables.map(({ topic }) => topic), ...used, ...own])];
};

const topicsOfNode = (node: DescribedNode): readonly string[] =>
  match(node)
    .with({ kind: 'source' }, ({ topics }) => ('pattern' in topics ? [topics.pattern] : topics))
    .with({ kind: 'sink' }, ({ topic }) => (topic === null ? [] : [topic]))
    .with({ kind: 'processor' }, () => [])
    .exhaustive();

const globalLines = ({ id, topic }: DescribedGlobalTable, ids: Ids): readonly string[] => [
  `  ${ids.of('node', id)}[(${label(`${id} (global table)`)})]`,
  `  ${ids.of('topic', topic)} --> ${ids.of('node', id)}`,
];

const boxLines = ({ id, nodes, stores }: DescribedSubtopology, ids: Ids): readonly string[] => [
  `  subgraph subtopology${id}[${label(`Sub-topology ${id}`)}]`,
  ...nodes.map((node) => `    ${nodeLine(node, ids)}`),
  ...stores.map((store) => `    ${storeLine(store, ids)}`),
  '  end',
];

const nodeLine = (node: DescribedNode, ids: Ids): string => {
  const id = ids.of('node', node.id);
  return match(node)
    .with({ kind: 'source' }, { kind: 'sink' }, () => `${id}([${label(node.id)}])`)
    .with({ kind: 'processor' }, ({ calls, operator }) => {
      const words = calls === undefined ? '' : `: ${callsText(calls)}`;
      return `${id}[${label(`${node.id} (${operator})${words}`)}]`;
    })
    .exhaustive();
};

const storeLine = ({ name }: DescribedStore, ids: Ids): string => `${ids.of('store', name)}[(${label(name)})]`;

const edgeLines = (node: DescribedNode, ids: Ids): readonly string[] => {
  const id = ids.of('node', node.id);
  return match(node)
    .with({ kind: 'source' }, () => topicsOfNode(node).map((topic) => `  ${ids.of('topic', topic)} --> ${id}`))
    .with({ kind: 'processor' }, ({ parents, lookups, stores }) => [
      ...parents.map((parent) => `  ${ids.of('node', parent)} --> ${id}`),
      ...lookups.map((table) => `  ${ids.of('node', table)} -. looked up .-> ${id}`),
      ...stores.map((store) => `  ${id} -.- ${ids.of('store', store)}`),
    ])
    .with({ kind: 'sink' }, ({ parents, topic }) => [
      ...parents.map((parent) => `  ${ids.of('node', parent)} --> ${id}`),
      ...(topic === null ? [] : [`  ${id} --> ${ids.of('topic', topic)}`]),
    ])
    .exhaustive();
};

const changelogLines = ({ name, changelog }: DescribedStore, ids: Ids): readonly string[] =>
  match(changelog)
    .with({ kind: 'own' }, ({ topic }) => [`  ${ids.of('store', name)} -. changelog .-> ${ids.of('topic', topic)}`])
    .with({ kind: 'source' }, { kind: 'none' }, () => [])
    .exhaustive();

const unnamedLines = ({ internalTopics, unnamed }: DescribedTopology, ids: Ids): readonly string[] => {
  const dashed = [
    ...internalTopics.flatMap(({ name, named }) => (named ? [] : [ids.of('topic', name)])),
    ...unnamed.flatMap(({ kind, name }) => (kind === 'store' ? [ids.of('store', name)] : [])),
  ];
  if (dashed.length === 0) return [];
  return ['  classDef unnamed stroke-dasharray: 4 4', `  class ${dashed.join(',')} unnamed`];
};
