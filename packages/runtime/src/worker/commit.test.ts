import { describe, expect, test } from '@jest/globals';
import { fromUtf8, keyValue, Pending, toUtf8, type Write } from '@kstreams/core';
import { string } from '@kstreams/serde';
import { storePartition } from '../task/stores/store-partition.js';
import type { StoreWrites } from '../task/stores/task-stores.js';
import { type CommitTarget, type CommittableTask, commitTasks } from './commit.js';

const topics = new Map([['table', { cleanup: 'compact' }]]);
const storeOf = (name: string, options: { readonly changelog?: false; readonly sourceTopic?: string } = {}) =>
  storePartition('app', { ...keyValue(name, { key: string, value: string, named: true }), ...options }, 0, topics);

const counts = storeOf('counts');
const table = storeOf('table', { sourceTopic: 'table' });
const position = { topic: 'in', partition: 0, offset: 5 };
const row = (key: string): Write => [toUtf8(key), toUtf8('row')];

const writes: StoreWrites = { logged: [row('logged')], unlogged: [row('unlogged')], changed: new Set([counts]) };

/** A task and a target that note their steps. The step `failing` throws. */
const committing = (guarantee: 'at least once' | 'exactly once', failing = '', task: Partial<StoreWrites> = {}) => {
  const steps: string[] = [];
  let flushes = 0;
  const step = (name: string): void => {
    steps.push(name);
    if (name === failing) throw new Error(`no ${name}`);
  };
  const committed: CommittableTask = {
    offsets: () => [position],
    committed: () => step('committed'),
    stores: {
      flush: (append) => {
        append({ topic: 'changelog', partition: 0, key: null, value: null, timestamp: 0, headers: [] });
        return { ...writes, ...task };
      },
      markCommitted: () => step('mark rows'),
      markComplete: (time) => step(`complete at ${time}`),
      clearExpired: async () => step('clear expired'),
    },
  };
  const target: CommitTarget = {
    producer: {
      transactional: guarantee === 'exactly once',
      send: ({ topic }) => step(`send to ${topic}`),
      flush: async () => step(`flush ${++flushes}`),
      acknowledged: ({ topic }) => (topic === 'app-counts-changelog' ? 9 : undefined),
    },
    commitOffsets: async (offsets) => step(`offsets ${offsets.map(({ topic, offset }) => `${topic}:${offset}`)}`),
    clock: { now: () => 0 },
    slice: { yieldIfOver: () => undefined },
    bytes: { commit: async (rows) => step(`write ${rows.map(([key]) => fromUtf8(key))}`) },
  };
  return { steps, committed, target, commit: () => commitTasks([committed], target) };
};

const stepsOf: Readonly<Record<'at least once' | 'exactly once', readonly string[]>> = {
  'at least once': [
    'flush 1',
    'send to changelog',
    'flush 2',
    'write unlogged',
    'offsets in:5',
    'write logged,@position/counts/0',
    'mark rows',
    'complete at 0',
    'committed',
    'clear expired',
  ],
  'exactly once': [
    'send to changelog',
    'offsets in:5',
    'write logged,unlogged,@position/counts/0',
    'mark rows',
    'complete at 0',
    'committed',
    'clear expired',
  ],
};

describe.each(['at least once', 'exactly once'] as const)('a commit %s', (guarantee) => {
  test('takes its steps in order', async () => {
    const { commit, steps } = committing(guarantee);
    await commit();
    expect(steps).toEqual(stepsOf[guarantee]);
  });

  test.each(stepsOf[guarantee])('takes no step after a failure of: %s', async (failing) => {
    const { commit, steps } = committing(guarantee, failing);
    await expect(commit()).rejects.toThrow(`no ${failing}`);
    expect(steps).toEqual(stepsOf[guarantee].slice(0, stepsOf[guarantee].indexOf(failing) + 1));
  });
});

describe('the position of a store', () => {
  const positionsWith = async (changed: StoreWrites['changed']): Promise<string | undefined> => {
    const { commit, steps } = committing('at least once', '', { logged: [], changed });
    await commit();
    return steps.find((step) => step.includes('@position'));
  };

  test('is that of its acknowledged changelog, or the committed offset of its source topic', async () => {
    const { committed, steps, target } = committing('at least once', '', { logged: [], changed: new Set([table]) });
    await commitTasks([{ ...committed, offsets: () => [{ topic: 'table', partition: 0, offset: 3 }] }], target);
    expect(steps).toContain('write @position/table/0');
    expect(await positionsWith(new Set([counts]))).toBe('write @position/counts/0');
  });

  test('is not written while it is unknown, or without a changelog', async () => {
    expect(await positionsWith(new Set([table]))).toBeUndefined();
    expect(await positionsWith(new Set([storeOf('counts', { changelog: false })]))).toBeUndefined();
  });
});

test('empty steps are left out', async () => {
  const { committed, steps, target } = committing('at least once');
  const stores = { ...committed.stores, flush: () => ({ logged: [], unlogged: [], changed: new Set<never>() }) };
  await commitTasks([{ ...committed, offsets: () => [], stores }], target);
  expect(steps).toEqual(['flush 1', 'flush 2', 'mark rows', 'complete at 0', 'committed', 'clear expired']);
});

test('a row that cannot be encoded yet is flushed again once its value is loaded', async () => {
  const { committed, steps, target } = committing('exactly once');
  let loaded = false;
  const flush: CommittableTask['stores']['flush'] = (append) => {
    if (loaded) return committed.stores.flush(append);
    throw new Pending(Promise.resolve().then(() => void (loaded = true)));
  };
  await commitTasks([{ ...committed, stores: { ...committed.stores, flush } }], target);
  expect(steps).toEqual(stepsOf['exactly once']);
});
