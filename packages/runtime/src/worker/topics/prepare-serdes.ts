import {
  type AnySerde,
  changelogTopic,
  type Plan,
  prepareSerde,
  reasonOf,
  repartitionTopic,
  SerdeError,
  type SerdeTarget,
} from '@kstreams/core/graph';

/**
 * Prepares the serdes of every topic that an application writes to: sinks with a fixed topic, repartition topics and
 * changelogs.
 *
 * @throws SerdeError with the topic for which a serde cannot be prepared.
 */
export const prepareSerdes = async (plan: Plan): Promise<void> => {
  for (const { nodes, stores } of plan.subtopologies) {
    for (const node of nodes) {
      if (node.kind !== 'sink') continue;
      const topic = node.repartition === undefined ? node.topic : repartitionTopic(plan.name, node.repartition);
      if (typeof topic === 'string') await prepareTopic(topic, node);
    }
    for (const spec of stores) {
      if (spec.changelog !== false && spec.sourceTopic === undefined) {
        await prepareTopic(changelogTopic(plan.name, spec), spec);
      }
    }
  }
};

const prepareTopic = async (topic: string, { key, value }: { key: AnySerde; value: AnySerde }): Promise<void> => {
  await preparePart(key, { topic, part: 'key' });
  await preparePart(value, { topic, part: 'value' });
};

const preparePart = async (serde: AnySerde, at: SerdeTarget): Promise<void> => {
  try {
    await prepareSerde(serde, at);
  } catch (thrown) {
    const why = `${serde.name} cannot encode the ${at.part} of topic "${at.topic}": ${reasonOf(thrown)}`;
    throw new SerdeError(why, { topic: at.topic }, thrown);
  }
};
