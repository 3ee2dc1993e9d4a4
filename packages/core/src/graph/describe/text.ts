import { match } from 'ts-pattern';
import type { TopicConfig } from '../internal-topics.js';
import type { NodeId } from '../node.js';
import { unnamedText } from '../passes/check-names.js';
import { callsText } from './async-text.js';
import type {
  DescribedNode,
  DescribedStore,
  DescribedSubtopology,
  DescribedTopic,
  DescribedTopology,
} from './described-topology.js';

/** Returns a description as text: each node with its topics, stores and children. */
export const toText = (topology: DescribedTopology): string =>
  [
    [`Topology ${topology.name}`],
    ...topology.subtopologies.map(subtopologyLines),
    section(
      'Global tables',
      topology.globalTables.map(({ id, topic, store }) => `${id} reads all of ${topic}, keeps ${storeLine(store)}`),
    ),
    section('Internal topics', topology.internalTopics.map(topicLine)),
    section(
      'Topics that need equal partition counts',
      topology.copartitionGroups.map((group) => group.join(', ')),
    ),
    section(
      'Unnamed: a change of the topology may rename these, and their rows are lost',
      topology.unnamed.map(unnamedText),
    ),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];

const subtopologyLines = ({ id, nodes, stores }: DescribedSubtopology): readonly string[] => [
  `Sub-topology ${id}`,
  ...nodes.flatMap((node) => {
    const children = childrenOf(nodes, node.id);
    return [`  ${nodeLine(node)}`, ...(children.length === 0 ? [] : [`    → ${children.join(', ')}`])];
  }),
  ...section('Stores', stores.map(storeLine)).map((line) => `  ${line}`),
];

const childrenOf = (nodes: readonly DescribedNode[], parent: NodeId): readonly NodeId[] =>
  nodes.filter((node) => node.kind !== 'source' && node.parents.includes(parent)).map(({ id }) => id);

const nodeLine = (node: DescribedNode): string =>
  match(node)
    .with({ kind: 'source' }, ({ id, topics }) => {
      const read = 'pattern' in topics ? `all topics that match ${topics.pattern}` : topics.join(', ');
      return `${id} (source) reads ${read}`;
    })
    .with({ kind: 'processor' }, ({ id, operator, calls, lookups, stores }) => {
      const does = [
        calls && callsText(calls),
        lookups.length > 0 && `looks up ${lookups.join(', ')}`,
        stores.length > 0 && `keeps ${stores.join(', ')}`,
      ].filter(Boolean);
      return [`${id} (${operator})`, ...(does.length === 0 ? [] : [does.join(', ')])].join(' ');
    })
    .with({ kind: 'sink' }, ({ id, topic }) => `${id} (sink) writes ${topic ?? 'a topic chosen for each record'}`)
    .exhaustive();

const storeLine = ({ name, kind, key, value, named, ttl, changelog }: DescribedStore): string => {
  const restored = match(changelog)
    .with({ kind: 'own' }, ({ topic }) => `changelog ${topic}`)
    .with({ kind: 'source' }, ({ topic }) => `restored from ${topic}`)
    .with({ kind: 'none' }, () => 'not logged')
    .exhaustive();
  const ends = ttl === undefined ? '' : `ttl ${ttl.after} ms by ${ttl.clock} time, `;
  return `${name}: ${kind}, ${key} → ${value}, ${ends}${restored}${mark(named || changelog.kind === 'source')}`;
};

const topicLine = ({ kind, name, named, partitions, config }: DescribedTopic): string =>
  `${name}: ${[kind, partitions !== null && `${partitions} partitions`, settings(config)].filter(Boolean).join(', ')}${mark(named)}`;

const settings = (config: TopicConfig): string =>
  Object.entries(config)
    .map(([setting, value]) => `${setting}=${value}`)
    .join(', ');

const mark = (named: boolean): string => (named ? '' : ' (unnamed)');
