import { describe, expect, test } from '@jest/globals';
import { type ByteStore, FencedError, MetricRegistry, type Pending, StorageError, toUtf8 } from '@kstreams/core/graph';
import { byteStoreChecks } from '@kstreams/testing';
import { FakeRemote } from '../test/fake-remote.js';
import { read, row, scan } from '../test/rows.js';
import { cached } from './index.js';

/** True when a read of the key throws `Pending`. The load that it starts is awaited. */
const misses = async (store: ByteStore, key: string): Promise<boolean> => {
  try {
    store.get(toUtf8(key));
    return false;
  } catch (thrown) {
    await (thrown as Pending).until;
    return true;
  }
};

/** Storage that outlives the stores opened on it, and belongs to the last one. */
const newPlace = () => {
  const remote = new FakeRemote();
  let opened = 0;
  const open = async (): Promise<ByteStore> => {
    const number = ++opened;
    const check = (): void => {
      if (number < opened) throw new FencedError('another process has taken over the state');
    };
    return cached({
      owner: remote.owner,
      getMany: (keys) => remote.getMany(keys),
      scan: (from, to, options) => remote.scan(from, to, options),
      commit: async (writes) => {
        check();
        await remote.commit(writes);
      },
      clear: async (from, to) => {
        check();
        await remote.clear(from, to);
      },
      close: async () => {},
    });
  };
  return { open };
};

const manifest = { durable: true, remote: true, fenced: true, damage: false };

test.each(byteStoreChecks(manifest))('cached $name', ({ run }) => run(newPlace()));

describe('reads', () => {
  test('misses of one turn are loaded in one round trip, and the keys of a prefetch with them', async () => {
    const remote = new FakeRemote();
    const store = cached(remote);
    await remote.commit([row('a', '1'), row('b', '2')]);
    const ahead = store.prefetchKeys?.([toUtf8('c'), toUtf8('a')]);
    expect(await Promise.all(['a', 'b', 'a'].map((key) => read(store, key)))).toEqual(['1', '2', '1']);
    await ahead;
    expect(await read(store, 'c')).toBeUndefined();
    expect(remote.reads).toEqual([['c', 'a', 'b']]);
    expect(store.prefetchKeys?.(['a', 'b', 'c'].map(toUtf8))).toBeUndefined();
  });

  test('a key is not loaded twice at a time', async () => {
    const remote = new FakeRemote();
    const store = cached(remote);
    const first = read(store, 'a');
    await Promise.resolve();
    await Promise.all([first, read(store, 'a'), store.prefetchKeys?.([toUtf8('a')])]);
    expect(remote.reads).toEqual([['a']]);
  });

  test('a prefetched row that is written in the same turn is not loaded', async () => {
    const remote = new FakeRemote();
    const store = cached(remote);
    await Promise.all([store.prefetchKeys?.([toUtf8('a')]), store.commit([row('a', '1')])]);
    expect([await read(store, 'a'), remote.reads]).toEqual(['1', []]);
  });

  test('a failed load rejects with its reason, and the next read loads again', async () => {
    const remote = new FakeRemote({ fails: () => true });
    const store = cached(remote);
    const failed = read(store, 'a');
    await expect(failed).rejects.toThrow('the remote state cannot be read: getMany failed');
    await expect(failed).rejects.toThrow(StorageError);
    remote.behavior = {};
    expect(await read(store, 'a')).toBeUndefined();
  });
});

describe('memory', () => {
  const value = 'x'.repeat(899);

  test('the rows used longest ago leave first, absent ones included', async () => {
    const remote = new FakeRemote();
    const store = cached(remote, { memory: 3_500 });
    await remote.commit(['a', 'b', 'c', 'd'].map((key) => row(key, value)));
    for (const key of ['a', 'b', 'c', 'a', 'd']) await read(store, key);
    const reads = remote.reads.length;
    for (const key of ['c', 'a', 'd']) expect(await misses(store, key)).toBe(false);
    expect(await misses(store, 'b')).toBe(true);
    expect(await misses(store, 'c')).toBe(true);
    for (let i = 0; i < 40; i++) await read(store, `absent ${i}`);
    expect(await misses(store, 'c')).toBe(true);
    expect(remote.reads.length).toBe(reads + 43);
  });

  test('rows that were missed together are in memory together, at any size', async () => {
    const remote = new FakeRemote();
    const store = cached(remote, { memory: 1 });
    await remote.commit([row('a', value), row('b', value)]);
    const pending = [misses(store, 'a'), misses(store, 'b')];
    const ahead = store.prefetchKeys?.([toUtf8('c')]);
    expect(await Promise.all(pending)).toEqual([true, true]);
    expect(store.get(toUtf8('a'))).toEqual(toUtf8(value));
    expect(store.get(toUtf8('b'))).toEqual(toUtf8(value));
    await ahead;
  });

  test('rows of a failed commit stay, however many', async () => {
    const remote = new FakeRemote({ fails: (call) => call === 'commit' });
    const store = cached(remote, { memory: 1 });
    const rows = Array.from({ length: 50 }, (_, i) => row(`k${i}`, value));
    await expect(store.commit(rows)).rejects.toThrow('the remote state cannot be written: commit failed');
    for (const [key] of rows) expect(store.get(key)).toEqual(toUtf8(value));
    remote.behavior = {};
    await store.commit([row('k0', undefined)]);
    expect(remote.commits).toEqual([50]);
    expect(remote.rows.size).toBe(49);
    expect(await misses(store, 'k1')).toBe(true);
  });
});

describe('commits', () => {
  test('rows are readable and scanned at once, before the storage has them', async () => {
    const remote = new FakeRemote();
    const store = cached(remote);
    await store.commit([row('a', '1'), row('b', '1')]);
    const committed = store.commit([row('a', undefined), row('c', '2')]);
    expect([store.get(toUtf8('a')), store.get(toUtf8('c'))]).toEqual([undefined, toUtf8('2')]);
    expect(remote.commits).toEqual([2]);
    expect(await scan(store, 'a', 'z')).toEqual(['b=1', 'c=2']);
    expect(await scan(store, 'a', 'z', true)).toEqual(['c=2', 'b=1']);
    await committed;
  });

  test('a load that is overtaken by a commit or a clear does not bring the old row back', async () => {
    const remote = new FakeRemote();
    await remote.commit([row('a', 'old'), row('b', 'old')]);
    const store = cached(remote);
    let resume = (): void => {};
    const resumed = new Promise<void>((resolve) => {
      resume = resolve;
    });
    let calls = 0;
    remote.behavior = { delay: () => (++calls === 2 ? resumed : Promise.resolve()) };
    const loading = Promise.all([misses(store, 'a'), misses(store, 'b')]);
    while (calls < 2) await Promise.resolve();
    await store.commit([row('a', 'new')]);
    await store.clear(toUtf8('b'), toUtf8('c'));
    resume();
    await loading;
    expect([await read(store, 'a'), await read(store, 'b')]).toEqual(['new', undefined]);
  });
});

test('hits, misses, loads and memory are metrics until the store is closed', async () => {
  const metrics = new MetricRegistry();
  const store = cached(new FakeRemote(), { telemetry: metrics });
  await store.commit([row('a', '1')]);
  expect([await read(store, 'a'), await misses(store, 'b'), await misses(store, 'b')]).toEqual(['1', true, false]);
  const values = Object.fromEntries(
    metrics
      .collect()
      .map(({ attributes, instrument, value }) => [[instrument.name, ...Object.values(attributes)].join(' '), value]),
  );
  expect(values).toEqual({
    'kstreams.state.cache.reads hit': 2,
    'kstreams.state.cache.reads miss': 1,
    'kstreams.state.cache.loads': 1,
    'kstreams.state.cache.size': expect.any(Number),
    'kstreams.state.cache.unwritten': 0,
  });
  await store.close();
  expect(metrics.collect()).toEqual([]);
});

test('a close waits for pending commits, and every later call is refused', async () => {
  const remote = new FakeRemote({ delay: () => new Promise((resolve) => setImmediate(resolve)) });
  const store = cached(remote);
  const committed = store.commit([row('a', '1')]);
  await store.close();
  await committed;
  expect([remote.rows.size, remote.closed]).toEqual([1, true]);
  expect(() => store.get(toUtf8('a'))).toThrow('the state is closed');
});
