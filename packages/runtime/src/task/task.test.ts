import { describe, expect, test } from '@jest/globals';
import { type Outgoing, Pending, planTopology, type Subtopology, streams, topic, toUtf8 } from '@kstreams/core';
import { string } from '@kstreams/serde';
import { memoryStore } from '@kstreams/stores';
import { taskOptions } from '@kstreams/test-support/task-options';
import { CallLimits } from '../async/call-limits.js';
import { Metrics } from '../telemetry/metrics.js';
import { type OpenTaskOptions, openTask } from './open-task.js';
import { allPolled } from './partition-group.js';
import { storePartition } from './stores/store-partition.js';

const [left, right, out] = ['left', 'right', 'out'].map((name) => topic(name, { key: string, value: string })) as [
  ReturnType<typeof topic<string, string>>,
  ReturnType<typeof topic<string, string>>,
  ReturnType<typeof topic<string, string>>,
];

/** A task that merges two topics. `each` is called for every record. */
const setUp = (each: (value: string) => void = () => {}, options: Partial<OpenTaskOptions> = {}) => {
  const chain = streams('app');
  chain
    .stream(left)
    .merge(chain.stream(right))
    .filter((value) => {
      each(value);
      return true;
    })
    .to(out);
  /** Topics with records on the log that were not polled. */
  const unpolled = new Set<string>();
  const sent: Outgoing[] = [];
  const counts = { woken: 0 };
  const clock = { time: 1_000, now: () => 0, monotonic: () => clock.time, after: () => () => {} };
  const metrics = new Metrics();
  const stopped = openTask({
    ...taskOptions(planTopology(chain.build()).subtopologies[0] as Subtopology),
    input: { maxTaskIdle: 50, caughtUp: (one) => !unpolled.has(one.topic), ends: async () => [], position: () => 0 },
    producer: { send: (record) => sent.push(record) },
    wake: () => counts.woken++,
    metrics,
    clock,
    ...options,
  });
  const task = stopped.start();
  const add = (name: string, offset: number, timestamp: number, key = 'k'): void =>
    task.add({ topic: name, partition: 0, offset, timestamp, key: toUtf8(key), value: toUtf8(name), headers: [] });
  return { add, clock, counts, metrics, sent, task, unpolled };
};

const ready = { kind: 'ready' };

describe('the status of a task', () => {
  test('without records is blocked until the task is woken', () => {
    const { task } = setUp();
    expect(task.status(1_000)).toEqual({ kind: 'blocked', reason: 'no-records' });
    expect(task.process(10)).toBe(0);
  });

  test('is ready when all partitions have records, and the oldest is processed first', () => {
    const { add, sent, task } = setUp();
    add('left', 0, 7);
    add('right', 0, 5);
    expect(task.status(1_000)).toEqual(ready);
    expect(task.process(1)).toBe(1);
    expect(sent.map(({ timestamp }) => timestamp)).toEqual([5]);
  });

  test('is waiting for `maxTaskIdle` while another partition is at its end', () => {
    const { add, clock, task } = setUp();
    add('left', 0, 7);
    expect(task.status(1_000)).toEqual({ kind: 'waiting', until: 1_050 });
    clock.time = 1_049;
    expect(task.process(1)).toBe(0);
    expect(task.status(1_050)).toEqual(ready);
    clock.time = 1_050;
    expect(task.process(1)).toBe(1);
  });

  test('is waiting for the log while another partition has records there', () => {
    const { add, task, unpolled } = setUp();
    unpolled.add('right');
    add('left', 0, 7);
    expect(task.status(5_000)).toEqual({ kind: 'waiting', until: 5_100 });
    add('right', 0, 8);
    expect(task.status(5_000)).toEqual(ready);
  });

  test('of a paused application is blocked; a paused topic delays no other', () => {
    const { add, task } = setUp();
    add('left', 0, 7);
    task.pause({ all: true, has: () => true });
    expect(task.status(1_000)).toEqual({ kind: 'blocked', reason: 'paused' });
    task.pause({ all: false, has: (name) => name === 'right' });
    expect(task.status(1_000)).toEqual(ready);
    task.pause({ all: false, has: (name) => name === 'left' });
    expect(task.status(1_000)).toEqual({ kind: 'blocked', reason: 'no-records' });
  });

  test('is waiting for a retry that the error policy requests', () => {
    let failing = true;
    const fail = (): void => {
      if (failing) throw new Error('not yet');
    };
    const input = { maxTaskIdle: 0, caughtUp: () => true, ends: async () => [], position: () => 0 };
    const { add, clock, sent, task } = setUp(fail, { input, onError: () => ({ retryAfter: 30 }) });
    add('left', 0, 7);
    expect(task.process(10)).toBe(0);
    expect(task.status(1_000)).toEqual({ kind: 'waiting', until: 1_030 });
    failing = false;
    clock.time = 1_029;
    expect(task.process(10)).toBe(0);
    clock.time = 1_030;
    expect(task.process(10)).toBe(1);
    expect(sent).toHaveLength(1);
  });
});

test('a task that waits for its commit takes in no record, with or without async steps', () => {
  const { add, sent, task } = setUp(() => {}, { input: allPolled });
  add('left', 0, 7);
  task.intake.gate();
  expect(task.status(1_000)).toEqual({ kind: 'blocked', reason: 'commit' });
  expect([task.process(10), sent.length]).toEqual([0, 0]);
  task.intake.open();
  expect([task.process(10), sent.length]).toEqual([1, 1]);
});

describe('a record that needs a value which is not loaded', () => {
  const input = { maxTaskIdle: 0, caughtUp: () => true, ends: async () => [], position: () => 0 };
  const slow = { input, bytes: Object.assign(memoryStore(), { prefetchKeys: () => undefined }) };

  test('is parked until it is loaded, and is processed again', async () => {
    let load = (): void => {};
    const loading = new Promise<void>((resolve) => {
      load = resolve;
    });
    let loaded = false;
    const need = (): void => {
      if (!loaded) throw new Pending(loading);
    };
    const { add, counts, metrics, sent, task } = setUp(need, slow);
    add('left', 0, 7);
    expect([task.process(10), metrics.counts.processed]).toEqual([1, 0]);
    expect(task.status(1_000)).toEqual({ kind: 'blocked', reason: 'loading' });
    expect([task.settle(), sent, counts.woken]).toEqual([false, [], 0]);
    loaded = true;
    load();
    await new Promise((resolve) => setImmediate(resolve));
    expect(counts.woken).toBe(1);
    expect(task.status(1_000)).toEqual(ready);
    expect([task.settle(), metrics.counts.processed, sent.length]).toEqual([true, 1, 1]);
  });

  test('counts as in flight: its offset is not committed, and other keys go on', async () => {
    let loaded = false;
    const need = (value: string): void => {
      if (value === 'right' && !loaded) throw new Pending(Promise.resolve());
    };
    const { add, metrics, sent, task } = setUp(need, slow);
    add('right', 4, 7);
    add('right', 5, 8);
    add('left', 0, 9, 'other');
    expect([task.process(10), metrics.counts.processed]).toEqual([3, 1]);
    expect(task.offsets().map(({ topic, offset }) => `${topic} ${offset}`)).toEqual(['left 1', 'right 4']);
    expect([task.intake.ready(true), task.intake.gated]).toEqual([false, true]);
    task.intake.open();
    loaded = true;
    await new Promise((resolve) => setImmediate(resolve));
    task.settle();
    expect(sent.map(({ timestamp }) => timestamp)).toEqual([9, 7, 8]);
    expect(task.offsets().map(({ topic, offset }) => `${topic} ${offset}`)).toEqual(['left 1', 'right 6']);
    expect(task.intake.ready(true)).toBe(true);
  });

  test('costs nothing more once the state backend has loaded all rows, and nothing is parked', async () => {
    let loaded = false;
    const bytes = Object.assign(memoryStore(), { prefetchKeys: () => undefined, waits: true });
    const need = (value: string): void => {
      if (value === 'right' && !loaded) throw new Pending(Promise.resolve());
    };
    const { add, sent, task } = setUp(need, { input, bytes });
    const rollsBack = (): boolean => task.stores.turn.rollsBack;
    add('right', 4, 7);
    expect([task.process(10), rollsBack(), task.intake.recordsInFlight]).toEqual([1, true, 1]);
    bytes.waits = false;
    add('left', 0, 8);
    expect([task.process(10), rollsBack(), sent.length]).toEqual([1, true, 0]);
    loaded = true;
    await new Promise((resolve) => setImmediate(resolve));
    task.settle();
    add('left', 1, 9);
    expect([task.process(10), rollsBack(), task.intake.recordsInFlight]).toEqual([1, false, 0]);
    expect(sent.map(({ timestamp }) => timestamp)).toEqual([7, 8, 9]);
    expect(task.offsets().map(({ topic, offset }) => `${topic} ${offset}`)).toEqual(['left 2', 'right 5']);
  });

  test('is still rolled back for an error policy once the state backend has loaded all rows', () => {
    const bytes = Object.assign(memoryStore(), { prefetchKeys: () => undefined, waits: false as boolean });
    const { add, task } = setUp(() => {}, {
      input,
      bytes: Object.assign(bytes, { waits: true }),
      onError: () => 'skip',
    });
    bytes.waits = false;
    add('left', 0, 7);
    expect([task.process(10), task.stores.turn.rollsBack]).toEqual([1, true]);
  });

  test('delays the commit of a table that is restored from its source topic up to the committed offset', async () => {
    let loaded = false;
    const chain = streams('app');
    chain
      .table(left, { name: 'rows' })
      .filter((value) => {
        if (value === 'left' && !loaded) throw new Pending(Promise.resolve());
        return true;
      })
      .toStream()
      .to(out);
    const subtopology = planTopology(chain.build()).subtopologies[0] as Subtopology;
    const storePartitions = subtopology.stores.map((spec) => storePartition('app', spec, 0, new Map()));
    const { add, task } = setUp(undefined, { ...slow, subtopology, storePartitions });
    add('left', 0, 7);
    expect([task.process(10), task.loading]).toEqual([1, true]);
    expect([task.prepare(), task.intake.gated]).toEqual([false, true]);
    loaded = true;
    await new Promise((resolve) => setImmediate(resolve));
    task.settle();
    expect(task.prepare()).toBe(true);
  });

  test('fails the task when it cannot be loaded', async () => {
    const need = (): void => {
      throw new Pending(Promise.reject(new Error('the backend is gone')));
    };
    const { add, counts, task } = setUp(need, slow);
    add('left', 0, 7);
    task.process(10);
    await new Promise((resolve) => setImmediate(resolve));
    expect(counts.woken).toBe(1);
    expect(() => task.settle()).toThrow('the backend is gone');
  });

  test('is not overtaken by a later record of its key where timestamps are read from values', async () => {
    let loaded = false;
    const seen: string[] = [];
    const need = (value: string): void => {
      if (value === 'first' && !loaded) throw new Pending(Promise.resolve());
      seen.push(value);
    };
    const chain = streams('app');
    chain.stream(left, { timestamp: ({ timestamp }) => timestamp }).peek(need);
    const subtopology = planTopology(chain.build()).subtopologies[0] as Subtopology;
    const { task } = setUp(need, { ...slow, subtopology });
    const value = (offset: number, text: string, key: string): void =>
      task.add({
        topic: 'left',
        partition: 0,
        offset,
        timestamp: 7,
        key: toUtf8(key),
        value: toUtf8(text),
        headers: [],
      });
    value(0, 'first', 'k');
    value(1, 'second', 'k');
    value(2, 'third', 'other');
    task.process(10);
    expect([seen, task.status(1_000)]).toEqual([['third'], { kind: 'blocked', reason: 'loading' }]);
    loaded = true;
    await new Promise((resolve) => setImmediate(resolve));
    task.settle();
    expect(seen).toEqual(['third', 'first', 'second']);
  });

  test('fails after it was parked again and again, instead of waiting for ever', async () => {
    const need = (): void => {
      throw new Pending(Promise.resolve());
    };
    const { add, task } = setUp(need, slow);
    add('left', 0, 7);
    task.process(1);
    const parkAgain = async (): Promise<void> => {
      for (;;) {
        await Promise.resolve();
        task.settle();
      }
    };
    await expect(parkAgain()).rejects.toThrow('a record was parked 1000 times: give the state backend memory');
  });
});

test('a task takes the records that a commit may have, requests the commit, and goes on after it', () => {
  let requested = 0;
  const limits = new CallLimits();
  const { add, sent, task } = setUp(undefined, { limits, input: allPolled, requestCommit: () => requested++ });
  for (let offset = 0; offset < 6; offset++) add('left', offset, offset);
  limits.lower(0, 8);
  expect(limits.maxPerCommit).toBe(2);
  task.process(10);
  task.process(10);
  expect([sent.length, task.uncommitted, task.intake.gated]).toEqual([2, 2, true]);
  expect(requested).toBeGreaterThan(0);
  task.committed();
  task.intake.open();
  limits.raise(false);
  task.process(10);
  expect([sent.length, task.uncommitted]).toEqual([6, 4]);
});
