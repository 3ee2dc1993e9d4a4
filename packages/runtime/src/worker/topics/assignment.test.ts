import { expect, test } from '@jest/globals';
import { planTopology, streams, topic } from '@kstreams/core';
import { within } from '@kstreams/joins';
import { string } from '@kstreams/serde';
import { taskIdOf } from '../../task/task-options.js';
import { assignmentOf, taskCount } from './assignment.js';

const serdes = { key: string, value: string };

const joined = () => {
  const app = streams('app');
  const [left, right] = [app.stream(topic('left', serdes)), app.stream(topic('right', serdes))];
  left.join(right, within('1m'), (a, b) => a + b, { value: string }).to(topic('out', serdes));
  return planTopology(app.build());
};

const merged = () => {
  const app = streams('app');
  const [left, right] = [app.stream(topic('left', serdes)), app.stream(topic('right', serdes))];
  left.merge(right).to(topic('out', serdes));
  return planTopology(app.build());
};

const counted = () => {
  const app = streams('app');
  app
    .stream(topic('lines', serdes))
    .groupBy((line) => line, { key: string })
    .count({ name: 'counts' });
  return planTopology(app.build());
};

const described = (counts: Readonly<Record<string, number>>) =>
  new Map(Object.entries(counts).map(([name, partitions]) => [name, { name, partitions, cleanup: 'delete' } as const]));

test('without stores the widest source topic of a sub-topology is divided, and the others go with it', () => {
  const assignment = assignmentOf(merged(), described({ left: 2, right: 3 }));
  expect(assignment.topics).toEqual(['right']);
  const read = (partition: number) =>
    assignment.tasksOf({ topic: 'right', partition }).flatMap((task) => assignment.partitionsOf(task));
  expect(read(1)).toEqual([
    { topic: 'right', partition: 1 },
    { topic: 'left', partition: 1 },
  ]);
  expect(read(2)).toEqual([{ topic: 'right', partition: 2 }]);
});

test('of equally wide topics the first by name is divided', () => {
  expect(assignmentOf(merged(), described({ left: 2, right: 2 })).topics).toEqual(['left']);
});

test('with stores the placement topic is divided, with one slot per stateful task', () => {
  const { layout, topics } = assignmentOf(joined(), described({ left: 3, right: 3 }));
  expect(topics).toEqual(['app-placement']);
  expect(layout?.slots).toBe(3);
  expect(layout?.stateful.map(taskIdOf)).toEqual(['0_0', '0_1', '0_2']);
});

test('every stateless task goes with one slot, and a source that grows moves none of them', () => {
  const counts = { 'app-counts-repartition': 4, 'app-placement': 4 };
  const places = (lines: number) => {
    const { layout } = assignmentOf(counted(), described({ ...counts, lines }));
    return (layout?.stateless ?? [])
      .flatMap((tasks, slot) => tasks.map((task) => `${taskIdOf(task)} on ${slot}`))
      .sort();
  };
  expect(places(6)).toHaveLength(6);
  expect(places(9)).toEqual(expect.arrayContaining(places(6)));
});

test('stateless tasks that outnumber the stateful ones by far get slots for themselves', () => {
  const { layout } = assignmentOf(counted(), described({ lines: 40, 'app-counts-repartition': 1 }));
  expect(layout?.slots).toBe(10);
  expect(Math.max(...(layout?.stateless ?? []).map((tasks) => tasks.length))).toBe(4);
});

test('a sub-topology has one task per partition of its widest topic, and at least one', () => {
  const plan = joined();
  const [subtopology] = plan.subtopologies;
  if (subtopology === undefined) throw new Error('the plan is empty');
  expect(taskCount(plan, subtopology, (name) => (name === 'left' ? 2 : 4))).toBe(4);
  expect(taskCount(plan, subtopology, () => undefined)).toBe(1);
});
