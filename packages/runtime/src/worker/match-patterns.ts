import { type Plan, type SourceNode, type TaskNode, TopologyError } from '@kstreams/core';

/**
 * Gives every pattern source the topics whose whole name matches, as they are when the application starts; its own
 * internal topics never match. No match is an error, since nothing would ever be read.
 */
export const matchPatterns = (plan: Plan, topics: Iterable<string>): Plan => {
  const names = [...topics].filter((name) => !name.startsWith(`${plan.name}-`)).sort();
  const topicsOf = new Map<string, readonly string[]>();
  const matched = (source: SourceNode): SourceNode => {
    if (!(source.topics instanceof RegExp)) return source;
    const whole = new RegExp(`^(?:${source.topics.source})$`, source.topics.flags.replace(/[gy]/g, ''));
    const found = names.filter((name) => whole.test(name));
    topicsOf.set(String(source.topics), found);
    if (found.length > 0) return { ...source, topics: found };
    throw new TopologyError(`no topic matches ${source.topics}: create one before starting`, { node: source.id });
  };
  const subtopologies = plan.subtopologies.map((subtopology) => ({
    ...subtopology,
    sources: subtopology.sources.map(matched),
    nodes: subtopology.nodes.map((node): TaskNode => (node.kind === 'source' ? matched(node) : node)),
  }));
  const copartitions = plan.copartitions.map((group) => group.flatMap((topic) => topicsOf.get(topic) ?? topic));
  return { ...plan, subtopologies, copartitions };
};
