import { expect, test } from '@jest/globals';
import { planTopology, streams, topic } from '@kstreams/core';
import { within } from '@kstreams/joins';
import { string } from '@kstreams/serde';
import { assignmentOf, taskCount } from './assignment.js';

const serdes = { key: string, value: string };

const joined = () => {
  const app = streams('app');
  const [left, right] = [app.stream(topic('left', serdes)), app.stream(topic('right', serdes))];
  left.join(right, within('1m'), (a, b) => a + b, { value: string }).to(topic('out', serdes));
  return planTopology(app.build());
};

const described = (counts: Readonly<Record<string, number>>) =>
  new Map(Object.entries(counts).map(([name, partitions]) => [name, { name, partitions, cleanup: 'delete' } as const]));

test('the widest source topic leads its sub-topology, and the others follow its partitions', () => {
  const assignment = assignmentOf(joined(), described({ left: 2, right: 3 }));
  expect(assignment.leaders).toEqual(['right']);
  expect(assignment.followers({ topic: 'right', partition: 1 })).toEqual([{ topic: 'left', partition: 1 }]);
  expect(assignment.followers({ topic: 'right', partition: 2 })).toEqual([]);
});

test('of equally wide topics the first by name leads', () => {
  expect(assignmentOf(joined(), described({ left: 2, right: 2 })).leaders).toEqual(['left']);
});

test('a sub-topology has one task per partition of its widest topic, and at least one', () => {
  const plan = joined();
  const [subtopology] = plan.subtopologies;
  if (subtopology === undefined) throw new Error('the plan is empty');
  expect(taskCount(plan, subtopology, (name) => (name === 'left' ? 2 : 4))).toBe(4);
  expect(taskCount(plan, subtopology, () => undefined)).toBe(1);
});
