import { expect, test } from '@jest/globals';
import { planTopology, type Subtopology, streams, topic } from '@kstreams/core';
import { string } from '@kstreams/serde';
import { taskOptions } from '@kstreams/test-support/task-options';
import { openTask } from '../task/open-task.js';
import type { Task } from '../task/task.js';
import type { OwnedTask } from './task-opener.js';
import { TaskSet } from './task-set.js';

const partitions = [{ topic: 'words', partition: 0 }];

const assignment = () => {
  const app = streams('app');
  app.stream(topic('words', { key: string, value: string })).forEach(() => {});
  const [subtopology] = planTopology(app.build()).subtopologies as [Subtopology];
  return { subtopology, partition: 0, progress: new Map(), begins: new Map() };
};

test('a task that closes while it waits to run and opens again runs in its last opening', async () => {
  const opened: { readonly task: Task; closed: boolean }[] = [];
  const open = async (): Promise<OwnedTask> => {
    const one = { task: openTask(taskOptions(assignment().subtopology)).start(), closed: false };
    opened.push(one);
    return {
      task: one.task,
      close: async () => {
        one.closed = true;
      },
    };
  };
  let woken = 0;
  const tasks = new TaskSet(open, () => woken++);
  tasks.begin(assignment(), partitions);
  await Promise.resolve();
  expect(woken).toBe(1);
  await tasks.drop();
  tasks.begin(assignment(), partitions);
  expect(tasks.admit()).toEqual([]);
  await Promise.resolve();
  const admitted = tasks.admit();
  expect(opened.map(({ closed }) => closed)).toEqual([true, false]);
  expect(admitted).toHaveLength(1);
  expect(admitted[0]).toBe(opened[1]?.task);
  expect(tasks.opening).toEqual([]);
});
