import { expect, test } from '@jest/globals';
import { type OnError, Pending, planTopology, type Subtopology, streams, topic, toUtf8 } from '@kstreams/core';
import { json, string } from '@kstreams/serde';
import { rowTimestamp } from './restored-row.js';

const record = {
  topic: 'rows',
  partition: 0,
  offset: 3,
  timestamp: 7,
  key: toUtf8('k'),
  value: toUtf8('v'),
  headers: [],
};

/** A table with values that have to be loaded, which fails `failures` times. */
const setUp = (failures: number, onError?: OnError) => {
  let left = failures;
  let loaded = false;
  const load = async (): Promise<void> => {
    if (left-- > 0) throw new Error('the registry is gone');
    loaded = true;
  };
  const decode: typeof string.decode = (bytes, at) => {
    if (!loaded) throw new Pending(load());
    return string.decode(bytes, at);
  };
  const value = { ...string, decode, prefetch: () => undefined };
  const chain = streams('app');
  chain.table(topic('rows', { key: string, value }), { name: 'rows' });
  const subtopology = planTopology(chain.build()).subtopologies[0] as Subtopology;
  const delays: number[] = [];
  const clock = {
    now: () => 0,
    after: (ms: number, call: () => void) => {
      delays.push(ms);
      queueMicrotask(call);
      return () => {};
    },
  };
  return { delays, timestampOf: rowTimestamp('app', subtopology, 'rows', onError, clock) };
};

const { signal } = new AbortController();

test('waits for what a serde has to load', async () => {
  const { timestampOf } = setUp(0);
  expect(await timestampOf(record, signal)).toBe(7);
  expect(timestampOf(record, signal)).toBe(7);
});

test('loads again after the delay of the error policy', async () => {
  const { delays, timestampOf } = setUp(2, ({ attempt }) => ({ retryAfter: attempt * 10 }));
  expect(await timestampOf(record, signal)).toBe(7);
  expect(delays).toEqual([10, 20]);
});

test('leaves out a record that the error policy skips, and fails without a policy', async () => {
  expect(await setUp(1, () => 'skip').timestampOf(record, signal)).toBeUndefined();
  await expect(setUp(1).timestampOf(record, signal)).rejects.toThrow('the registry is gone (node table-source-0');
});

test('leaves out a value that the store could not encode, as when it was processed', () => {
  const chain = streams('app');
  chain.table(topic('rows', { key: string, value: json<object>() }), { name: 'rows' });
  const subtopology = planTopology(chain.build()).subtopologies[0] as Subtopology;
  const clock = { now: () => 0, after: () => () => {} };
  const kinds: string[] = [];
  const skip: OnError = ({ kind, error }) => {
    kinds.push(`${kind}: ${error.message}`);
    return 'skip';
  };
  const timestampOf = rowTimestamp('app', subtopology, 'rows', skip, clock);
  expect(timestampOf({ ...record, value: toUtf8('{"n":1}') }, signal)).toBe(7);
  expect(timestampOf({ ...record, value: toUtf8('{"n":1e400}') }, signal)).toBeUndefined();
  expect(kinds).toEqual([expect.stringMatching(/^processing: .*JSON cannot hold Infinity at n/)]);
});

test('ends when the restore is aborted', async () => {
  const restore = new AbortController();
  const retry: OnError = ({ attempt }) => {
    if (attempt === 3) restore.abort(new Error('the partition was lost'));
    return { retryAfter: 10 };
  };
  await expect(setUp(9, retry).timestampOf(record, restore.signal)).rejects.toThrow('the partition was lost');
});
