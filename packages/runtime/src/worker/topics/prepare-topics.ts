import {
  type Admin,
  changelogConfig,
  changelogTopic,
  type NewTopic,
  type Plan,
  placementTopic,
  repartitionConfig,
  repartitionTopic,
  sinkTopic,
  sourceTopics,
  type TopicDescription,
  TopologyError,
  type Transport,
  tasksConfig,
} from '@kstreams/core/graph';
import { changelogOf } from '../../task/stores/store-partition.js';
import { slotsNeeded, statefulCount } from '../placement/slot-layout.js';
import { taskCount, tasksOf, tasksToGrow } from './assignment.js';
import { checkPartitions } from './check-partitions.js';

type Topics = ReadonlyMap<string, TopicDescription>;

/**
 * Checks and creates topics before the application runs. Sources must exist; an embedded log creates them. Internal topics
 * are created with the partitions they need, or checked; the placement topic grows. Co-partitioned topics must have equal partition counts.
 * `others` are internal topics that do not follow from the plan.
 */
export const prepareTopics = async (
  plan: Plan,
  transport: Transport,
  admin: Admin,
  others: readonly NewTopic[] = [],
): Promise<Topics> => {
  if (transport.createsTopics === true) await admin.create(missing(await admin.topics(), userTopics(plan)));
  const existing = await describe(plan, admin, others);
  // A cluster leaves out topics that the user may not see, and refuses to describe them by name.
  const unseen = missing(existing, userTopics(plan)).map(({ name }) => name);
  if (unseen.length > 0) await admin.topics(unseen);
  const absent = sourcesOf(plan).filter((name) => !existing.has(name));
  if (absent.length > 0) {
    throw new TopologyError(
      `${transport.name} has no topic ${absent.map((one) => `"${one}"`).join(', ')}: create what the application reads`,
    );
  }
  const counts = new Map([...existing].map(([name, { partitions }]) => [name, partitions]));
  countRepartitions(plan, counts, existing);
  countTasks(plan, counts);
  const partitions = (topic: string): number | undefined => counts.get(topic);
  const growing = tasksToGrow(plan, partitions);
  for (const tasks of growing) {
    await admin.grow(tasks.topic, tasks.partitions);
    counts.set(tasks.topic, tasks.partitions);
  }
  checkPartitions(plan, partitions);
  const sizes = sizeConfig(transport);
  const internal = internalTopics(plan, counts, existing).map((one) => ({
    ...one,
    config: { ...one.config, ...sizes },
  }));
  const wanted: readonly WantedTopic[] = [...internal, ...others];
  const grown = new Set(growing.map(({ topic }) => topic));
  for (const one of wanted) if (!grown.has(one.name)) checkExisting(one, existing.get(one.name));
  const placement = placementOf(plan, counts);
  await admin.create(missing(existing, [...wanted, ...placement]));
  // More slots would move stateless tasks under running processes: an existing topic grows for stateful tasks only.
  const slots = statefulCount(tasksOf(plan, partitions));
  for (const { name } of placement) if ((counts.get(name) ?? slots) < slots) await admin.grow(name, slots);
  return describe(plan, admin, others);
};

/** The bytes around the largest record in its batch, and more. */
const batchOverhead = 1_024;
/** The default of Kafka. */
const leastBatch = 1_048_588;

/** Returns the setting by which internal topics take every record that the clients of a log write. */
const sizeConfig = ({ maxRecordSize }: Transport): NewTopic['config'] =>
  maxRecordSize === undefined
    ? {}
    : { 'max.message.bytes': String(Math.max(leastBatch, maxRecordSize + batchOverhead)) };

/** Resolves to all topics. A cluster describes the cleanup policy only of topics requested by name: those that need it. */
const describe = async (plan: Plan, admin: Admin, others: readonly NewTopic[]): Promise<Topics> => {
  const stores = plan.subtopologies.flatMap((one) => one.stores);
  const names = [
    ...plan.repartitions.map((one) => repartitionTopic(plan.name, one)),
    ...others.map(({ name }) => name),
    ...stores.flatMap((spec) => [changelogTopic(plan.name, spec), ...(spec.sourceTopic ? [spec.sourceTopic] : [])]),
    ...sinksOf(plan),
  ];
  const all = await admin.topics();
  const known = [...new Set(names)].filter((name) => all.has(name));
  return new Map([...all, ...(known.length === 0 ? [] : await admin.topics(known))]);
};

/** An internal topic; a changelog with the topics that its tasks read. */
interface WantedTopic extends NewTopic {
  readonly read?: readonly string[];
}

/** Throws when an internal topic has other partitions, or a cleanup policy that loses rows or keeps them for ever. */
const checkExisting = (wanted: WantedTopic, found: TopicDescription | undefined): void => {
  if (found === undefined) return;
  const { name, partitions, config, read } = wanted;
  if (found.partitions !== partitions) {
    const has = `topic "${name}" has ${found.partitions} partitions and needs ${partitions}`;
    throw new TopologyError(
      read === undefined
        ? `${has}: stop the application and delete it to start over`
        : `${has}, as its tasks read ${read.join(', ')}: read them through repartition({ partitions: ${found.partitions} }) ` +
            'to keep its rows, or start over under another name',
    );
  }
  const policy = config['cleanup.policy'] ?? '';
  const loses = found.cleanup.includes('delete') && !policy.includes('delete');
  const keeps = found.cleanup === 'compact' && policy.includes('delete');
  if (!loses && !keeps) return;
  const compacted =
    policy === 'delete' ? 'only the last record per key would remain' : 'expired rows would stay for ever';
  throw new TopologyError(
    `topic "${name}" has cleanup.policy=${found.cleanup} and needs ${policy}, since ${loses ? 'a restore would miss old rows' : compacted}: ` +
      `set cleanup.policy=${policy}${config['retention.ms'] === undefined ? '' : ` and retention.ms=${config['retention.ms']}`} with the tools of the log`,
  );
};

const missing = (existing: Topics, wanted: readonly NewTopic[]): NewTopic[] =>
  wanted.filter(({ name }) => !existing.has(name));

const sourcesOf = (plan: Plan): string[] => [
  ...plan.globals.map(({ topic }) => topic),
  ...plan.subtopologies.flatMap(({ sources }) =>
    sources.filter(({ repartition }) => !repartition).flatMap((source) => sourceTopics(plan.name, source)),
  ),
];

const sinksOf = (plan: Plan): string[] =>
  plan.subtopologies.flatMap(({ nodes }) =>
    nodes.flatMap((node) => (node.kind === 'sink' && !node.repartition ? (sinkTopic(plan.name, node) ?? []) : [])),
  );

const userTopics = (plan: Plan): NewTopic[] => {
  const tables = new Set([
    ...plan.globals.map(({ topic }) => topic),
    ...plan.subtopologies.flatMap(({ stores }) => stores.flatMap(({ sourceTopic }) => sourceTopic ?? [])),
  ]);
  return [...new Set([...sourcesOf(plan), ...sinksOf(plan)])].map((name) => ({
    name,
    partitions: 1,
    config: { 'cleanup.policy': tables.has(name) ? 'compact' : 'delete' },
  }));
};

/**
 * Sets new repartition topics to the partitions of the widest upstream or co-partitioned topic, until nothing grows. Existing
 * ones need no more when a topic upstream has grown: their keys meet there all the same.
 */
const countRepartitions = (plan: Plan, counts: Map<string, number>, existing: Topics): void => {
  for (let grew = true; grew; ) {
    grew = false;
    for (const subtopology of plan.subtopologies) {
      const widest = taskCount(plan, subtopology, (topic) => counts.get(topic));
      for (const node of subtopology.nodes) {
        if (node.kind !== 'sink' || node.repartition === undefined) continue;
        const name = repartitionTopic(plan.name, node.repartition);
        const others = copartitionedCount(plan, name, counts);
        const { partitions: asked = Math.max(existing.get(name)?.partitions ?? widest, others) } = node.repartition;
        const partitions = asked === 'as-copartitioned' ? others : asked;
        if (partitions > (counts.get(name) ?? 0)) {
          counts.set(name, partitions);
          grew = true;
        }
      }
    }
  }
};

const copartitionedCount = (plan: Plan, topic: string, counts: ReadonlyMap<string, number>): number => {
  const group = plan.copartitionGroups.find((topics) => topics.includes(topic)) ?? [];
  return Math.max(0, ...group.map((name) => counts.get(name) ?? 0));
};

/** Sets new tasks topics to the partitions of their widest topic; existing ones keep theirs. */
const countTasks = (plan: Plan, counts: Map<string, number>): void => {
  for (const subtopology of plan.subtopologies) {
    const { tasksTopic } = subtopology;
    if (tasksTopic !== undefined && !counts.has(tasksTopic)) {
      counts.set(
        tasksTopic,
        taskCount(plan, subtopology, (topic) => counts.get(topic)),
      );
    }
  }
};

/** Returns the placement topic with as many partitions as there are slots, if the plan has one. An existing one may have more. */
const placementOf = (plan: Plan, counts: ReadonlyMap<string, number>): readonly NewTopic[] => {
  const name = placementTopic(plan);
  if (name === undefined) return [];
  const partitions = slotsNeeded(tasksOf(plan, (topic) => counts.get(topic)));
  return [{ name, partitions, config: tasksConfig }];
};

const internalTopics = (plan: Plan, counts: ReadonlyMap<string, number>, existing: Topics): WantedTopic[] => [
  ...plan.repartitions.map((repartition) => {
    const topic = repartitionTopic(plan.name, repartition);
    return { name: topic, partitions: counts.get(topic) ?? 1, config: repartitionConfig };
  }),
  ...plan.subtopologies.flatMap(({ tasksTopic: name }) =>
    name === undefined ? [] : [{ name, partitions: counts.get(name) ?? 1, config: tasksConfig }],
  ),
  ...plan.subtopologies.flatMap((subtopology) => {
    const partitions = taskCount(plan, subtopology, (topic) => counts.get(topic));
    const read = subtopology.sources.flatMap((source) =>
      sourceTopics(plan.name, source).map((topic) => `"${topic}" of ${counts.get(topic) ?? 0}`),
    );
    return subtopology.stores.flatMap((spec) => {
      const changelog = changelogOf(plan.name, spec, existing);
      if (changelog?.own !== true || spec.changelog === false) return [];
      // Rows expire with the time of their store, which follows the records.
      return [
        {
          name: changelog.topic,
          partitions,
          config: changelogConfig(spec.changelog),
          agesBy: 'stream-time' as const,
          read,
        },
      ];
    });
  }),
];
