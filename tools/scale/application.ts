import { planTopology, streams, type TopicDescription, topic } from '@kstreams/core';
import { string } from '@kstreams/serde';
import { type Assignment, assignmentOf } from '../../packages/runtime/src/worker/topics/assignment.js';

/** The number of sub-topologies with a store. */
const tables = 10;

/** Returns the assignment of an application of ten tables with `tasks` partitions together. */
export const applicationOf = (tasks: number): Assignment => {
  const app = streams('scale');
  const topics = new Map<string, TopicDescription>();
  for (let i = 0; i < tables; i++) {
    const name = `table-${i}`;
    const partitions = Math.floor(tasks / tables) + (i < tasks % tables ? 1 : 0);
    if (partitions === 0) continue;
    app.table(topic(name, { key: string, value: string }), { name });
    topics.set(name, { name, partitions, cleanup: 'delete' });
  }
  return assignmentOf(planTopology(app.build()), topics);
};
