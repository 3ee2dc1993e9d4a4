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

test('without stores the only source topic of a sub-topology is divided', () => {
  const app = streams('app');
  app.stream(topic('lines', serdes)).to(topic('out', serdes));
  expect(assignmentOf(planTopology(app.build()), described({ lines: 2 })).topics).toEqual(['lines']);
});

test('of several source topics none is divided but their topic of tasks, so that each of them may be the widest', () => {
  for (const counts of [
    { left: 2, right: 3 },
    { left: 3, right: 2 },
  ]) {
    const assignment = assignmentOf(merged(), described({ ...counts, 'app-0-tasks': 3 }));
    expect(assignment.topics).toEqual(['app-0-tasks']);
    const read = (partition: number) =>
      assignment.tasksOf({ topic: 'app-0-tasks', partition }).flatMap((task) => assignment.partitionsOf(task));
    const all = [0, 1, 2].flatMap(read).filter((one) => one.topic !== 'app-0-tasks');
    expect(all.map((one) => `${one.topic}/${one.partition}`).toSorted()).toEqual(
      Object.entries(counts)
        .flatMap(([name, count]) => Array.from({ length: count }, (_, partition) => `${name}/${partition}`))
        .toSorted(),
    );
  }
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
