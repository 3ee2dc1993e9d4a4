import {
  isInternalTopic,
  matchesWhole,
  type Plan,
  type SourceNode,
  type TaskNode,
  TopologyError,
} from '@kstreams/core/graph';

/**
 * Replaces the pattern of every pattern source with the topics that match it by their whole name. Internal topics of the
 * application never match, also those of its earlier versions. Throws when no topic matches, or when another source reads a matching topic.
 */
export const matchPatterns = (plan: Plan, topics: Iterable<string>): Plan => {
  const names = [...topics].filter((name) => !isInternalTopic(plan.name, name)).sort();
  const topicsOf = new Map<string, readonly string[]>();
  const readers = new Map<string, string>();
  const matched = (source: SourceNode): SourceNode => {
    if (!(source.topics instanceof RegExp)) return source;
    const found = names.filter(matchesWhole(source.topics));
    if (found.length === 0) {
      throw new TopologyError(`no topic matches ${source.topics}: create one before starting`, { node: source.id });
    }
    topicsOf.set(String(source.topics), found);
    return { ...source, topics: found };
  };
  const subtopologies = plan.subtopologies.map((subtopology) => {
    const nodes = subtopology.nodes.map((node): TaskNode => (node.kind === 'source' ? matched(node) : node));
    return { ...subtopology, nodes, sources: nodes.filter((node) => node.kind === 'source') };
  });
  for (const { sources } of subtopologies) for (const source of sources) refuseSecondReader(source, readers);
  const found = (groups: Plan['copartitionGroups']) =>
    groups.map((group) => group.flatMap((topic) => topicsOf.get(topic) ?? topic));
  return {
    ...plan,
    subtopologies,
    describedCopartitionGroups: found(plan.describedCopartitionGroups),
    copartitionGroups: found(plan.copartitionGroups),
  };
};

const refuseSecondReader = ({ id, topics }: SourceNode, readers: Map<string, string>): void => {
  for (const topic of topics as readonly string[]) {
    const first = readers.get(topic);
    if (first !== undefined) {
      throw new TopologyError(
        `topic "${topic}" is read by "${first}" and "${id}": exclude it from one of their patterns`,
      );
    }
    readers.set(topic, id);
  }
};
