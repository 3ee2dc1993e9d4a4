import type { TopicPartition } from '@kstreams/core/graph';

/** Returns partitions by topic, in order. */
export const byTopic = (partitions: readonly TopicPartition[]): ReadonlyMap<string, readonly number[]> => {
  const found = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    const known = found.get(topic);
    if (known === undefined) found.set(topic, [partition]);
    else known.push(partition);
  }
  return found;
};
