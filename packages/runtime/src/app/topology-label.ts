import {
  changelogTopic,
  type Plan,
  repartitionTopic,
  type Subtopology,
  sinkTopic,
  sourceTopics,
} from '@kstreams/core/graph';
import { shortHash } from '../async/short-hash.js';

/** The topics of a sub-topology, by short hashes. */
interface TopicHashes {
  readonly sources: readonly string[];
  readonly changelogs: readonly string[];
  readonly outputs: readonly string[];
}

/** A use of a topic by which two programs of one name disturb each other. */
export interface Conflict {
  readonly kind: 'changelog' | 'source';
  /** The name of the topic. */
  readonly topic: string;
}

/**
 * Returns the label of a topology that other members of its group see: the second in which its process started, and hashes of
 * the sources, changelogs and outputs of each sub-topology.
 */
export const topologyLabel = (plan: Plan, startedAt: number): string => {
  const groups = plan.subtopologies.map((subtopology) => {
    const { changelogs, outputs, sources } = hashesOf(plan, subtopology);
    return [sources, changelogs, outputs].map((hashes) => hashes.join('')).join(':');
  });
  return [Math.floor(startedAt / 1_000).toString(36), ...groups].join('.');
};

/** Returns the second of a label in which its process started. */
export const startOf = (label: string): number => Number.parseInt(label, 36);

/**
 * Returns the first conflict of a plan with the topology of a label. There is none if processes of both may share a group, as
 * during an upgrade: sub-topologies with a source or a changelog in common have the same sources, and the changelogs and
 * outputs of one are among those of the other.
 */
export const conflictWith = (plan: Plan, label: string): Conflict | undefined => {
  const theirs = label.split('.').slice(1).map(parse);
  for (const subtopology of plan.subtopologies) {
    const mine = hashesOf(plan, subtopology);
    for (const other of theirs) {
      const changelog = common(mine.changelogs, other.changelogs);
      const source = common(mine.sources, other.sources);
      if (changelog === undefined && source === undefined) continue;
      const fits =
        isWithin(mine.sources, other.sources) &&
        isWithin(other.sources, mine.sources) &&
        nested(mine.changelogs, other.changelogs) &&
        nested(mine.outputs, other.outputs);
      if (fits) continue;
      const names = namesOf(plan, subtopology);
      const named = (topics: readonly string[], hash: string | undefined): string =>
        topics.find((topic) => shortHash(topic) === hash) as string;
      return changelog === undefined
        ? { kind: 'source', topic: named(names.sources, source) }
        : { kind: 'changelog', topic: named(names.changelogs, changelog) };
    }
  }
  return undefined;
};

const namesOf = (plan: Plan, { nodes, sources, stores }: Subtopology) => ({
  sources: sources.flatMap((source) =>
    source.topics instanceof RegExp && source.repartition === undefined
      ? [String(source.topics)]
      : sourceTopics(plan.name, source),
  ),
  changelogs: stores.flatMap((spec) => (spec.changelog === false ? [] : [changelogTopic(plan.name, spec)])),
  outputs: nodes.flatMap((node) => {
    if (node.kind !== 'sink') return [];
    return node.repartition === undefined
      ? (sinkTopic(plan.name, node) ?? [])
      : repartitionTopic(plan.name, node.repartition);
  }),
});

const hashesOf = (plan: Plan, subtopology: Subtopology): TopicHashes => {
  const { changelogs, outputs, sources } = namesOf(plan, subtopology);
  const hashes = (topics: readonly string[]): readonly string[] => [...new Set(topics.map(shortHash))].sort();
  return { sources: hashes(sources), changelogs: hashes(changelogs), outputs: hashes(outputs) };
};

const parse = (text: string): TopicHashes => {
  const [sources = [], changelogs = [], outputs = []] = text.split(':').map((part) => part.match(/.{4}/g) ?? []);
  return { sources, changelogs, outputs };
};

const common = (some: readonly string[], others: readonly string[]): string | undefined =>
  some.find((one) => others.includes(one));

const isWithin = (some: readonly string[], others: readonly string[]): boolean =>
  some.every((one) => others.includes(one));

const nested = (some: readonly string[], others: readonly string[]): boolean =>
  isWithin(some, others) || isWithin(others, some);
