import { TopologyError } from '../errors.js';
import type { GlobalNode, GraphNode, SourceNode } from '../node.js';
import { matchesWhole } from '../topic.js';

/** Refuses a topic that two nodes read. Several steps can share one source instead. */
export const checkTopics = (nodes: readonly GraphNode[]): void => {
  const readers = nodes.filter((node) => node.kind === 'source' || node.kind === 'global');
  const byTopic = new Map<string, SourceNode | GlobalNode>();
  for (const reader of readers) for (const topic of namesOf(reader)) refuseSecond(byTopic, topic, reader);
  for (const reader of readers) {
    if (reader.kind !== 'source' || !(reader.topics instanceof RegExp)) continue;
    const matches = matchesWhole(reader.topics);
    for (const [topic, { id }] of byTopic) {
      if (id !== reader.id && matches(topic)) refuseSecond(byTopic, topic, reader);
    }
  }
};

const namesOf = (reader: SourceNode | GlobalNode): readonly string[] => {
  if (reader.kind === 'global') return [reader.topic];
  return reader.topics instanceof RegExp ? [String(reader.topics)] : reader.topics;
};

const refuseSecond = (
  byTopic: Map<string, SourceNode | GlobalNode>,
  topic: string,
  reader: SourceNode | GlobalNode,
): void => {
  const first = byTopic.get(topic);
  if (first !== undefined) {
    throw new TopologyError(
      `topic "${topic}" is read by "${first.id}" and "${reader.id}": read it once, and connect both readers to that node`,
      { node: reader.id },
    );
  }
  byTopic.set(topic, reader);
};
