import { describe, expect, test } from '@jest/globals';
import {
  type ByteStore,
  concatBytes,
  encodeRow,
  fromUtf8,
  keyValue,
  type LostRows,
  positionWrite,
  rangeOf,
  type StoredPosition,
  toUtf8,
} from '@kstreams/core';
import { type EmbeddedTransport, embedded } from '@kstreams/embedded';
import { int32, string } from '@kstreams/serde';
import { cached, memoryStore } from '@kstreams/stores';
import { StoreCopies } from '../task/stores/store-copies.js';
import { storePartition } from '../task/stores/store-partition.js';
import type { RestoreEvent } from './restore-event.js';
import { Restorer } from './restorer.js';

const stores = ['a', 'b'].map((name) =>
  storePartition('app', keyValue(name, { key: string, value: int32, named: true }), 0, new Map()),
);
const targets = stores.map((store) => ({ store, task: '0_0' }));

/** The wall-clock time of restores, in ms. */
const clock = { now: () => 100_000_000 };

/** Returns a position that was just written. */
const at = (offset: number, topicId?: string): StoredPosition => ({
  offset,
  topicId,
  time: clock.now(),
  marked: false,
});

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
  const restorer = new Restorer({
    transport,
    clientId: 'test',
    bytes,
    clock,
    copies: new StoreCopies(),
    emit: () => {},
  });
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
    clock,
    transport,
    clientId: 'test',
    bytes,
    copies: new StoreCopies(),
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

test('stores of one source topic share one read of it, each from its own position', async () => {
  const transport = await filled();
  const [topic] = stores.map(({ changelog }) => changelog?.topic as string) as [string];
  const producer = await transport.producer({ clientId: 'test' });
  for (const key of ['l', 'm']) {
    producer.send({ topic, partition: 0, key: toUtf8(key), value: new Uint8Array(4), timestamp: 1, headers: [] });
  }
  await producer.flush();
  const rows = memoryStore();
  await rows.commit([positionWrite('a', 0, at(2))]);
  const restored = new Map<string, number>();
  const emit = (event: RestoreEvent): void => {
    if (event.kind === 'restore-ended') restored.set(event.store, event.restored);
  };
  const restorer = new Restorer({ transport, clientId: 'test', bytes: rows, clock, copies: new StoreCopies(), emit });
  const shared = stores.map((store) => ({
    store: { ...store, changelog: { topic, own: false } },
    task: '0_0',
    until: 3,
  }));
  await restorer.restore(shared, new AbortController().signal);
  expect([...restored].sort()).toEqual([
    ['a', 1],
    ['b', 3],
  ]);
  for (const [store, expected] of [
    ['a', ['m']],
    ['b', ['k', 'l', 'm']],
  ] as const) {
    const { prefix } = stores.find(({ spec }) => spec.name === store) as (typeof stores)[0];
    const held: string[] = [];
    for await (const [key] of rows.scan(...rangeOf(prefix))) held.push(fromUtf8(key.subarray(prefix.length)));
    expect(held).toEqual(expected);
  }
  await transport.close();
});

describe('a stored position', () => {
  /** Restores the first store, whose changelog has a row at offset 0, with a local row and a position. */
  const restored = async (
    position: (id: string) => StoredPosition,
    change: (log: EmbeddedTransport) => Promise<void>,
  ) => {
    const transport = await filled();
    const admin = await transport.admin();
    const [store] = stores as [(typeof stores)[0]];
    const topic = store.changelog?.topic as string;
    const id = (await admin.topics([topic])).get(topic)?.id as string;
    const named = { ...store, changelog: { topic, own: true, id } };
    await change(transport);
    const rows = memoryStore();
    const local = concatBytes(store.prefix, toUtf8('local'));
    await rows.commit([[local, encodeRow(new Uint8Array(4), 1)], positionWrite(store.spec.name, 0, position(id))]);
    const events: string[] = [];
    const emit = (event: RestoreEvent): void =>
      void events.push(event.kind === 'state-dropped' ? `dropped: ${event.cause}` : event.kind);
    const restorer = new Restorer({ transport, clientId: 'test', bytes: rows, clock, copies: new StoreCopies(), emit });
    await restorer.restore([{ store: named, task: '0_0' }], new AbortController().signal);
    await transport.close();
    return { events, keeps: rows.get(local) !== undefined };
  };
  const purge = async (transport: EmbeddedTransport): Promise<void> => {
    const topic = (stores[0] as (typeof stores)[0]).changelog?.topic as string;
    await (await transport.admin()).purge([{ topic, partition: 0, offset: 1 }]);
  };

  test('before the start of the changelog is valid: the records between have expired', async () => {
    expect(await restored((id) => at(0, id), purge)).toEqual({ events: [], keeps: true });
  });

  test('at the end of the changelog is valid', async () => {
    expect(
      await restored(
        (id) => at(1, id),
        async () => {},
      ),
    ).toEqual({ events: [], keeps: true });
  });

  test.each([
    ['beyond the end of the changelog', 'beyond-end', (id: string) => at(2, id)],
    ['of another topic of the same name', 'other-topic', () => at(1, 'another')],
    [
      'behind for longer than deletes are kept',
      'deletes-expired',
      (id: string) => ({ ...at(0, id), time: 13_600_000 }),
    ],
  ])('%s is invalid, and the local rows are dropped with an event', async (_, cause, position) => {
    const { events, keeps } = await restored(position, async () => {});
    expect(events[0]).toBe(`dropped: ${cause}`);
    expect(keeps).toBe(false);
  });

  test.each([
    ['behind for less than deletes are kept', 0, 13_600_001],
    ['at the end of the changelog', 1, 0],
  ])('%s is valid at any time', async (_, offset, time) => {
    const { keeps } = await restored(
      (id) => ({ ...at(offset, id), time }),
      async () => {},
    );
    expect(keeps).toBe(true);
  });

  test('before the marker of the transaction that wrote the rows is valid at any time', async () => {
    const { keeps } = await restored(
      (id) => ({ ...at(0, id), time: 0, marked: true }),
      async () => {},
    );
    expect(keeps).toBe(true);
  });
});

describe('a backend with a copy', () => {
  /** Restores the first store, whose changelog has a row at offset 0, with a copy at a position. */
  const restoredFrom = async (copy: StoredPosition | undefined, local?: StoredPosition) => {
    const transport = await filled();
    const rows = memoryStore();
    if (local !== undefined) await rows.commit([positionWrite('a', 0, local)]);
    const asked: LostRows[] = [];
    const recover = async (lost: LostRows): Promise<void> => {
      asked.push(lost);
      if (copy !== undefined && lost.accepts(copy)) await rows.commit([positionWrite('a', 0, copy)]);
    };
    const starts: number[] = [];
    const restorer = new Restorer({
      transport,
      clientId: 'test',
      bytes: Object.assign(rows, { recover }),
      clock,
      copies: new StoreCopies(),
      emit: (event) => {
        if (event.kind === 'restore-started') starts.push(event.from);
      },
    });
    const [store] = stores as [(typeof stores)[0]];
    const changelog = { topic: store.changelog?.topic as string, own: true, id: 'this' };
    await restorer.restore([{ store: { ...store, changelog }, task: '0_0' }], new AbortController().signal);
    await transport.close();
    return { asked: asked.map(({ partition, store, topicId }) => ({ partition, store, topicId })), starts };
  };
  const asked = [{ store: 'a', partition: 0, topicId: 'this' }];

  test('loads lost rows, and the changelog is read from their position', async () => {
    expect(await restoredFrom(at(1, 'this'))).toEqual({ asked, starts: [] });
    expect(await restoredFrom(at(0, 'this'))).toEqual({ asked, starts: [0] });
  });

  test.each([
    ['no copy', undefined],
    ['a copy beyond the end of the changelog', at(2, 'this')],
    ['a copy of another topic', at(1, 'another')],
    ['a copy behind for longer than deletes are kept', { ...at(0, 'this'), time: 0 }],
  ])('has %s: the changelog is read from its start', async (_, copy) => {
    expect(await restoredFrom(copy)).toEqual({ asked, starts: [0] });
  });

  test('loads rows that are dropped, and none where local rows are valid', async () => {
    expect(await restoredFrom(at(1, 'this'), at(1, 'another'))).toEqual({ asked, starts: [] });
    expect(await restoredFrom(at(1, 'this'), at(0, 'this'))).toEqual({ asked: [], starts: [0] });
  });
});
