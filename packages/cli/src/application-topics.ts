import {
  type AccessRight,
  accessRights,
  isInternalTopic,
  matchesWhole,
  type Plan,
  sourceTopics,
} from '@kstreams/core/graph';

/** Returns the topics that an application may use, with any options of its start. */
export const usedTopics = (plan: Plan): ReadonlySet<string> => new Set(topicRights(plan).map(({ name }) => name));

/** Returns the topics that an application creates for itself. */
export const createdTopics = (plan: Plan): readonly string[] =>
  topicRights(plan)
    .filter(({ operations }) => operations.includes('Create'))
    .map(({ name }) => name);

/** Returns the topics among the existing ones that tasks read, those of patterns included. */
export const readTopics = (plan: Plan, existing: readonly string[]): readonly string[] => {
  const read = plan.subtopologies.flatMap(({ sources }) =>
    sources.flatMap((source) => {
      if (!(source.topics instanceof RegExp)) return sourceTopics(plan.name, source);
      const matches = matchesWhole(source.topics);
      return existing.filter((name) => matches(name) && !isInternalTopic(plan.name, name));
    }),
  );
  return [...new Set(read)].filter((name) => existing.includes(name));
};

const topicRights = (plan: Plan): readonly AccessRight[] =>
  accessRights(plan, { exactlyOnce: false, endpoint: true, deadLetters: [] }).filter(
    ({ resource }) => resource === 'topic',
  );
