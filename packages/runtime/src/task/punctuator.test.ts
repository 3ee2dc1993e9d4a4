import { expect, test } from '@jest/globals';
import {
  type Context,
  Pending,
  planTopology,
  type RecordSource,
  record,
  type StreamRecord,
  type Subtopology,
  streams,
  topic,
  toUtf8,
} from '@kstreams/core';
import { string } from '@kstreams/serde';
import { memoryStore } from '@kstreams/stores';
import { taskOptions } from '@kstreams/test-support/task-options';
import { openTask } from './open-task.js';

const input = topic('input', { key: string, value: string });
const slow = Object.assign(memoryStore(), { prefetchKeys: () => undefined });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A task that forwards a record per schedule, through an async step. Notes the source of each record at both ends. */
const setUp = (punctuate: () => void = () => {}) => {
  const notes: string[] = [];
  let loaded = false;
  const load = async (): Promise<void> => void (loaded = true);
  const note = (what: string, { offset, topic: from }: RecordSource): void =>
    void notes.push(`${what} ${from}/${offset}`);
  const app = streams('app');
  app
    .stream(input)
    .process(
      ({ forward, schedule, source }: Context<string, string>) => {
        schedule(10, 'wall', (at) => {
          note('punctuation', source);
          punctuate();
          forward(record('k', 'punctuated', at));
        });
        return (one: StreamRecord<string, string>) => {
          note('processing', source);
          if (one.value === 'slow' && !loaded) throw new Pending(load());
          forward(one);
        };
      },
      { key: string, value: string, name: 'schedule' },
    )
    .mapAsync(async (value) => value, { value: string, order: 'none' })
    .process(
      ({ source }: Context<string, string>) =>
        ({ value }: StreamRecord<string, string>) =>
          note(value, source),
    );
  let now = 1_000;
  const clock = { now: () => now, monotonic: () => now, after: () => () => {} };
  const subtopology = planTopology(app.build()).subtopologies[0] as Subtopology;
  const task = openTask({ ...taskOptions(subtopology), bytes: slow, clock }).start();
  const add = (offset: number, value: string): void =>
    task.add({
      topic: 'input',
      partition: 0,
      offset,
      timestamp: 7,
      key: toUtf8(value),
      value: toUtf8(value),
      headers: [],
    });
  const advance = (): void => void (now += 10);
  return { add, advance, notes, task };
};

test('a punctuation has no source record, and neither has what follows from it', async () => {
  const { add, advance, notes, task } = setUp();
  add(4, 'quick');
  add(5, 'slow');
  task.process(10);
  await turn();
  advance();
  task.process(10);
  await turn();
  task.settle();
  expect(notes).toEqual([
    'processing input/4',
    'processing input/5',
    'punctuation /-1',
    'processing input/5',
    'quick input/4',
    'punctuated /-1',
    'slow input/5',
  ]);
});

test('a failed punctuation names its node and its task, and blames no record', () => {
  const { add, advance, task } = setUp(() => {
    throw new Error('no');
  });
  add(4, 'quick');
  task.process(10);
  advance();
  expect(() => task.punctuate()).toThrow('node "schedule" failed: no (node schedule, task 0_0)');
});
