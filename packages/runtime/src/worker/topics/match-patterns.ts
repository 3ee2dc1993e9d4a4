import { matchesWhole, type Plan, type SourceNode, type TaskNode, TopologyError } from '@kstreams/core/graph';

/**
 * Gives every pattern source the topics whose whole name matches, as they are when the application starts; its own
 * internal topics never match. No match is an error, since nothing would ever be read, and so is a topic that another
 * source reads.
 */
export const matchPatterns = (plan: Plan, topics: Iterable<string>): Plan => {
  const names = [...topics].filter((name) => !name.startsWith(`${plan.name}-`)).sort();
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
    copartitions: found(plan.copartitions),
    copartitionGroups: found(plan.copartitionGroups),
  };
};

const refuseSecondReader = ({ id, topics }: SourceNode, readers: Map<string, string>): void => {
  for (const topic of topics as readonly string[]) {
    const first = readers.get(topic);
    if (first !== undefined) {
      throw new TopologyError(
        `topic "${topic}" is read by "${first}" and "${id}": let one of their patterns leave it out`,
      );
    }
    readers.set(topic, id);
  }
};
