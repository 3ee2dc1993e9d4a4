import { expect, test } from '@jest/globals';
import { type ByteStore, keyValue, toUtf8 } from '@kstreams/core';
import { embedded } from '@kstreams/embedded';
import { int32, string } from '@kstreams/serde';
import { cached, memoryStore } from '@kstreams/stores';
import { rangeOf } from '../task/stores/row-keys.js';
import { storePartition } from '../task/stores/store-partition.js';
import { Restorer } from './restorer.js';

const stores = ['a', 'b'].map((name) =>
  storePartition('app', keyValue(name, { key: string, value: int32, named: true }), 0, new Map()),
);
const targets = stores.map((store) => ({ store, task: '0_0' }));

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A log with one row in each changelog. */
const filled = async () => {
  const transport = embedded();
  const topics = stores.map(({ changelog }) => changelog?.topic as string);
  await (await transport.admin()).create(topics.map((name) => ({ name, partitions: 1, config: {} })));
  const producer = await transport.producer({ clientId: 'test' });
  for (const topic of topics) {
    producer.send({ topic, partition: 0, key: toUtf8('k'), value: new Uint8Array(4), timestamp: 1, headers: [] });
  }
  await producer.flush();
  return transport;
};

test('a failed restore stops the restores of the other stores, and the next restore is complete', async () => {
  const transport = await filled();
  const rows = memoryStore();
  let fails = true;
  let over = false;
  let late = false;
  let failed: () => void = () => {};
  const failure = new Promise<void>((resolve) => {
    failed = resolve;
  });
  const [, second] = stores;
  const [from] = rangeOf((second as (typeof stores)[0]).prefix);
  const bytes: ByteStore = {
    owner: rows.owner,
    get: (key) => rows.get(key),
    scan: (first, to, options) => rows.scan(first, to, options),
    commit: async (writes) => {
      if (!fails) return rows.commit(writes);
      failed();
      throw new Error('the disk is full');
    },
    // The second store is still being cleared when the first one fails.
    clear: async (first, to) => {
      if (fails && first[0] === from[0]) {
        await failure;
        await turn();
      }
      late ||= over;
      await rows.clear(first, to);
    },
    close: () => rows.close(),
  };
  const restorer = new Restorer({ transport, clientId: 'test', bytes, emit: () => {} });
  await expect(restorer.restore(targets, new AbortController().signal)).rejects.toThrow('the disk is full');
  over = true;
  await turn();
  await turn();
  expect(late).toBe(false);
  over = false;
  fails = false;
  await restorer.restore(targets, new AbortController().signal);
  for (const { prefix } of stores) {
    const held: unknown[] = [];
    for await (const row of rows.scan(...rangeOf(prefix))) held.push(row);
    expect(held).toHaveLength(1);
  }
  await transport.close();
});

test('reads the positions of several stores from remote storage, with less memory than they need', async () => {
  const transport = await filled();
  const rows = memoryStore();
  const remote = Object.assign(rows, {
    getMany: async (keys: readonly Uint8Array[]) => keys.map((key) => rows.get(key)),
  });
  const bytes = cached(remote, { memory: 1 });
  const started: string[] = [];
  const restorer = new Restorer({
    transport,
    clientId: 'test',
    bytes,
    emit: ({ kind, store }) => {
      if (kind === 'restore-started') started.push(store);
    },
  });
  await restorer.restore(targets, new AbortController().signal);
  expect(started.toSorted()).toEqual(['a', 'b']);
  await restorer.restore(targets, new AbortController().signal);
  expect(started).toHaveLength(2);
  await transport.close();
});
