import {
  type Admin,
  changelogConfig,
  type NewTopic,
  type Plan,
  repartitionConfig,
  repartitionTopic,
  sinkTopic,
  sourceTopics,
  type TopicDescription,
  TopologyError,
  type Transport,
} from '@kstreams/core';
import { changelogOf } from '../state/store-place.js';

type Topics = ReadonlyMap<string, TopicDescription>;

/**
 * Sees to the topics before anything runs: sources must exist (an embedded log makes them), repartition and changelog
 * topics are made with the partitions they need, and topics that meet must have equally many.
 */
export const prepareTopics = async (plan: Plan, transport: Transport, admin: Admin): Promise<Topics> => {
  if (transport.createsTopics === true) await admin.create(missing(await admin.topics(), userTopics(plan)));
  const existing = await admin.topics();
  const absent = sourcesOf(plan).filter((name) => !existing.has(name));
  if (absent.length > 0) {
    throw new TopologyError(
      `${transport.name} has no topic ${absent.map((one) => `"${one}"`).join(', ')}: create what the application reads`,
    );
  }
  const counts = new Map([...existing].map(([name, { partitions }]) => [name, partitions]));
  countRepartitions(plan, counts);
  checkCopartitions(plan, counts);
  const wanted = internalTopics(plan, counts, existing);
  for (const { name, partitions } of wanted) {
    const found = existing.get(name)?.partitions;
    if (found !== undefined && found !== partitions) {
      throw new TopologyError(
        `topic "${name}" has ${found} partitions and needs ${partitions}: delete it, with the application stopped, to begin anew`,
      );
    }
  }
  await admin.create(missing(existing, wanted));
  return admin.topics();
};

const missing = (existing: Topics, wanted: readonly NewTopic[]): NewTopic[] =>
  wanted.filter(({ name }) => !existing.has(name));

const sourcesOf = (plan: Plan): string[] => [
  ...plan.globals.map(({ topic }) => topic),
  ...plan.subtopologies.flatMap(({ sources }) =>
    sources.filter(({ repartition }) => !repartition).flatMap((source) => sourceTopics(plan.name, source)),
  ),
];

const userTopics = (plan: Plan): NewTopic[] => {
  const tables = new Set([
    ...plan.globals.map(({ topic }) => topic),
    ...plan.subtopologies.flatMap(({ stores }) => stores.flatMap(({ sourceTopic }) => sourceTopic ?? [])),
  ]);
  const sinks = plan.subtopologies.flatMap(({ nodes }) =>
    nodes.flatMap((node) => (node.kind === 'sink' && !node.repartition ? (sinkTopic(plan.name, node) ?? []) : [])),
  );
  return [...new Set([...sourcesOf(plan), ...sinks])].map((name) => ({
    name,
    partitions: 1,
    config: { 'cleanup.policy': tables.has(name) ? 'compact' : 'delete' },
  }));
};

/** As many partitions as the widest topic upstream, raised to those of the topics it meets; until nothing grows. */
const countRepartitions = (plan: Plan, counts: Map<string, number>): void => {
  for (let grew = true; grew; ) {
    grew = false;
    for (const subtopology of plan.subtopologies) {
      const widest = Math.max(
        1,
        ...subtopology.sources
          .flatMap((source) => sourceTopics(plan.name, source))
          .map((name) => counts.get(name) ?? 0),
      );
      for (const node of subtopology.nodes) {
        if (node.kind !== 'sink' || node.repartition === undefined) continue;
        const name = repartitionTopic(plan.name, node.repartition.name);
        const partitions = node.repartition.partitions ?? Math.max(widest, meeting(plan, name, counts));
        if (partitions > (counts.get(name) ?? 0)) {
          counts.set(name, partitions);
          grew = true;
        }
      }
    }
  }
};

const meeting = (plan: Plan, topic: string, counts: ReadonlyMap<string, number>): number => {
  const group = plan.copartitions.find((topics) => topics.includes(topic)) ?? [];
  return Math.max(0, ...group.map((name) => counts.get(name) ?? 0));
};

const checkCopartitions = (plan: Plan, counts: ReadonlyMap<string, number>): void => {
  for (const group of plan.copartitions) {
    const sizes = group.map((name) => [name, counts.get(name)] as const);
    if (new Set(sizes.map(([, count]) => count)).size > 1) {
      throw new TopologyError(
        `topics that are joined need equally many partitions: ${sizes.map(([name, count]) => `"${name}" has ${count}`).join(', ')}`,
      );
    }
  }
};

const internalTopics = (plan: Plan, counts: ReadonlyMap<string, number>, existing: Topics): NewTopic[] => [
  ...plan.repartitions.map(({ name }) => {
    const topic = repartitionTopic(plan.name, name);
    return { name: topic, partitions: counts.get(topic) ?? 1, config: repartitionConfig };
  }),
  ...plan.subtopologies.flatMap((subtopology) => {
    const partitions = Math.max(
      1,
      ...subtopology.sources.flatMap((source) => sourceTopics(plan.name, source)).map((name) => counts.get(name) ?? 1),
    );
    return subtopology.stores.flatMap((spec) => {
      const changelog = changelogOf(plan.name, spec, existing);
      if (changelog?.own !== true || spec.changelog === false) return [];
      return [{ name: changelog.topic, partitions, config: changelogConfig(spec.changelog) }];
    });
  }),
];
