import type { CaseConfig, Statement } from '../case.js';
import type { Structure, TopicSettings } from './structure.js';

/** A topology, and its structure in Kafka Streams. */
export interface TopologyCase {
  readonly name: string;
  readonly config: CaseConfig;
  readonly topology: readonly Statement[];
  readonly subtopologies: Readonly<Record<string, ExpectedSubtopology>>;
  readonly copartitionGroups: readonly (readonly string[])[];
}

interface ExpectedSubtopology {
  readonly sourceTopics: readonly string[];
  readonly sinkTopics: readonly string[];
  readonly repartitionSourceTopics: Readonly<Record<string, InternalTopic>>;
  readonly changelogTopics: Readonly<Record<string, InternalTopic>>;
}

interface InternalTopic {
  readonly configs: TopicSettings;
}

/** The expected structure. */
export const expectedStructure = ({ subtopologies, copartitionGroups }: TopologyCase): Structure => {
  const parts = Object.values(subtopologies);
  const repartitions = parts.flatMap((part) => Object.entries(part.repartitionSourceTopics));
  return {
    subtopologies: parts.map(({ sourceTopics, sinkTopics, changelogTopics }) => {
      const changelogs = Object.entries(changelogTopics);
      const isSource = (name: string): boolean => sourceTopics.includes(name);
      return {
        sources: sourceTopics,
        sinks: sinkTopics,
        changelogs: changelogs.filter(([name]) => !isSource(name)).map(([, { configs }]) => configs),
        sourceChangelogs: changelogs.flatMap(([name]) => (isSource(name) ? [name] : [])),
      };
    }),
    repartitions: new Map(repartitions.map(([name, { configs }]) => [name, configs])),
    copartitions: copartitionGroups,
  };
};
