import { TopologyError } from '../errors.js';
import { changelogTopic, metadataTopic, placementTopic } from '../internal-topics.js';
import type { GraphNode } from '../node.js';
import { checkName } from '../topic.js';
import type { Subtopology } from '../topology.js';

/**
 * Refuses internal topics with invalid names, and internal topics that the user's nodes read or write: the application
 * purges and restores from them. `nodes` are cut at their repartitions.
 */
export const checkInternalTopics = (
  application: string,
  nodes: readonly GraphNode[],
  subtopologies: readonly Subtopology[],
): void => {
  const own = new Map([[metadataTopic(application), 'its processes']]);
  const placement = placementTopic({ name: application, subtopologies });
  if (placement !== undefined) own.set(placement, 'its tasks');
  for (const { id, tasksTopic } of subtopologies)
    if (tasksTopic) own.set(tasksTopic, `the tasks of sub-topology ${id}`);
  for (const node of nodes) {
    if (node.kind === 'source' && node.repartition !== undefined) {
      for (const topic of node.topics as readonly string[]) own.set(topic, `repartition "${node.repartition.name}"`);
    }
    if (node.kind !== 'processor') continue;
    for (const spec of node.stores) {
      if (spec.changelog !== false && spec.sourceTopic === undefined) {
        own.set(changelogTopic(application, spec), `store "${spec.name}"`);
      }
    }
  }
  for (const [topic, owner] of own) checkName(topic, `the topic of ${owner}`);
  for (const node of nodes) {
    for (const topic of topicsOfUser(node)) {
      const owner = own.get(topic);
      if (owner === undefined) continue;
      throw new TopologyError(`topic "${topic}" belongs to ${owner}, but "${node.id}" uses it too: rename one`, {
        node: node.id,
      });
    }
  }
};

const topicsOfUser = (node: GraphNode): readonly string[] => {
  if (node.kind === 'global') return [node.topic];
  if (node.kind === 'processor' || node.repartition !== undefined) return [];
  const topics = node.kind === 'source' ? node.topics : [node.topic].flat();
  return Array.isArray(topics) ? topics.filter((topic) => typeof topic === 'string') : [];
};
