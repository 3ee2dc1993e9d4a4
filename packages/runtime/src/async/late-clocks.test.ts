import { expect, test } from '@jest/globals';
import { type Context, Pending, planTopology, type Subtopology, streams, topic, toUtf8 } from '@kstreams/core';
import { string } from '@kstreams/serde';
import { memoryStore } from '@kstreams/stores';
import { deferredCalls } from '@kstreams/test-support/deferred-calls';
import { taskOptions } from '@kstreams/test-support/task-options';
import { openTask } from '../task/open-task.js';

const input = topic('input', { key: string, value: string });

/** A value that is loaded when a test says so. */
const pendingValue = () => {
  let load = (): void => {};
  const until = new Promise<void>((resolve) => {
    load = resolve;
  });
  let loaded = false;
  return {
    need: (): void => {
      if (!loaded) throw new Pending(until);
    },
    load: async (): Promise<void> => {
      loaded = true;
      load();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
};

/**
 * A task with two operators that have clocks, one below the other, behind an async step. `moving` is called when the first clock
 * advances without a record; by default it waits for a value.
 */
const setUp = (moving?: () => void) => {
  const [calls, call] = [deferredCalls<string>(), pendingValue()];
  const seen: string[] = [];
  const operator = (name: string, advanced: () => void) => (context: Context<string, string>) => {
    const clock = context.clock((time) => {
      advanced();
      seen.push(`${name} at ${time}`);
    });
    return (record: { readonly key: string; readonly value: string; readonly timestamp: number }) => {
      seen.push(`${name}: ${record.value} at ${clock(record.timestamp)}`);
      context.forward(record as never);
    };
  };
  const app = streams('app');
  app
    .stream(input)
    .mapAsync(calls.call, { order: 'none', value: string })
    .process(operator('above', moving ?? call.need), { key: string, value: string, name: 'above' })
    .process(
      operator('below', () => {}),
      { key: string, value: string, name: 'below' },
    );
  const task = openTask({
    ...taskOptions(planTopology(app.build()).subtopologies[0] as Subtopology),
    input: { maxTaskIdle: 0, caughtUp: () => true, ends: async () => [], position: () => 0 },
    bytes: Object.assign(memoryStore(), { prefetchKeys: () => undefined }),
  }).start();
  const add = (offset: number, timestamp: number): void =>
    task.add({
      ...{ topic: 'input', partition: 0, offset, timestamp },
      ...{ key: toUtf8('k'), value: toUtf8(`r${offset}`), headers: [] },
    });
  /** Ends the call of a record, and processes its result. */
  const resolve = async (value: string): Promise<void> => {
    await calls.resolve(value, value);
    task.settle();
  };
  return { add, call, resolve, seen, task };
};

test('operators whose clocks advance without a record are called in topological order', async () => {
  const { add, call, resolve, seen, task } = setUp();
  await call.load();
  add(0, 7);
  add(1, 9);
  task.process(10);
  await resolve('r1');
  await resolve('r0');
  expect(seen).toEqual([
    ...['above: r1 at -1', 'below: r1 at -1', 'above: r0 at 7', 'below: r0 at 7'],
    ...['above at 9', 'below at 9'],
  ]);
});

test('a call that waits for a value delays later results and the operators below', async () => {
  const { add, call, resolve, seen, task } = setUp();
  for (const [offset, timestamp] of [7, 9, 30].entries()) add(offset, timestamp);
  task.process(10);
  await resolve('r1');
  await resolve('r0');
  seen.length = 0;
  await resolve('r2');
  expect([seen, task.intake.recordsInFlight]).toEqual([[], 1]);
  await call.load();
  task.settle();
  expect(seen).toEqual(['above at 9', 'below at 9', 'above: r2 at 30', 'below: r2 at 30']);
});

test('a call that waits for a value delays the commit', async () => {
  const { add, call, resolve, task } = setUp();
  for (const [offset, timestamp] of [7, 9].entries()) add(offset, timestamp);
  task.process(10);
  await resolve('r1');
  await resolve('r0');
  expect(task.intake.recordsInFlight).toBe(0);
  expect([task.prepare(true), task.prepare(false)]).toEqual([false, false]);
  await call.load();
  task.settle();
  expect([task.prepare(true), task.prepare(false)]).toEqual([true, true]);
});

test('a call that throws is repeated, and clocks advance again after it', async () => {
  let fails = true;
  const { add, resolve, seen, task } = setUp(() => {
    if (fails) throw new Error('refused');
  });
  for (const [offset, timestamp] of [7, 9, 30, 40].entries()) add(offset, timestamp);
  task.process(10);
  await resolve('r1');
  await expect(resolve('r0')).rejects.toThrow('refused');
  fails = false;
  seen.length = 0;
  await resolve('r3');
  await resolve('r2');
  expect(seen).toEqual([
    ...['above at 9', 'below at 9', 'above: r3 at 9', 'below: r3 at 9', 'above: r2 at 30', 'below: r2 at 30'],
    ...['above at 40', 'below at 40'],
  ]);
});
