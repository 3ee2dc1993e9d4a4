import type { Description } from 'kstreams';
import type { Structure, SubtopologyStructure } from './structure.js';

/** Returns the structure of a topology from its `describe()`. */
export const describedStructure = (description: Description): Structure => {
  const { copartitionGroups, internalTopics, subtopologies } = description.toJSON();
  return {
    subtopologies: subtopologies.map(
      ({ nodes, stores }): SubtopologyStructure => ({
        sources: nodes.flatMap((node) => (node.kind === 'source' ? (node.topics as readonly string[]) : [])),
        sinks: nodes.flatMap((node) => (node.kind === 'sink' ? [node.topic as string] : [])),
        changelogs: stores.flatMap(({ changelog }) => (changelog.kind === 'own' ? [changelog.config] : [])),
        sourceChangelogs: stores.flatMap(({ changelog }) => (changelog.kind === 'source' ? [changelog.topic] : [])),
      }),
    ),
    repartitions: new Map(
      internalTopics.filter(({ kind }) => kind === 'repartition').map(({ name, config }) => [name, config]),
    ),
    copartitions: copartitionGroups,
  };
};
