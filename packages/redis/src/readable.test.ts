/** Rows in JSON that other programs read from Redis. */

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ByteStore, encodeRow, StorageError, toUtf8, type Write } from '@kstreams/core/graph';
import { keyValue } from '@kstreams/core/state';
import { double, string } from '@kstreams/serde';
import { describeWith } from '@kstreams/test-support/services';
import { createClient } from 'redis';
import { redis } from './redis.js';

const minute = 60_000;

describeWith('redis', 'rows in JSON in Redis', (address) => {
  const client = createClient({ url: `redis://${address}` });
  const prefix = `readable-${crypto.randomUUID()}`;
  let spaces = 0;

  beforeAll(async () => {
    await client.connect();
  });
  afterAll(async () => {
    await client.close();
  });

  const options = { key: string, value: double };
  const stores = [
    keyValue('totals', options),
    keyValue('wall', { ...options, ttl: { after: '1h', clock: 'wall' } }),
    keyValue('stream', { ...options, ttl: '1h' }),
  ].map((spec) => ({ spec, topic: `shop-${spec.name}-changelog` }));

  const open = async () => {
    const space = `space-${spaces++}`;
    const store = await redis({ client, space, prefix, format: 'json' }).open('', { stores });
    return { space, store, read: (name: string) => client.get(`${prefix}:{${space}}:json:${name}`) };
  };

  const put = (key: string, value: number, timestamp: number): Write => [
    toUtf8(key),
    encodeRow(double.encode(value, { topic: '', headers: [] }), timestamp),
  ];

  test('another program gets the row of a key, as it was committed last', async () => {
    const { read, store } = await open();
    await store.commit([
      put('totals/3/ann', 1, 5),
      put('totals/3/bob', 2, 6),
      [toUtf8('@position/totals/3'), toUtf8('7')],
    ]);
    await store.commit([put('totals/3/ann', 1.5, 8), [toUtf8('totals/3/bob'), undefined]]);
    const row = { store: 'totals', partition: 3, key: 'ann', value: 1.5, timestamp: 8 };
    expect(JSON.parse((await read('totals/3/ann')) as string)).toEqual(row);
    expect([await read('totals/3/bob'), await read('@position/totals/3')]).toEqual([null, null]);
  });

  test('a clear removes what other programs read, also while a scan shows the rows', async () => {
    const { read, store } = await open();
    await store.commit(['a', 'b', 'c'].map((key) => put(`totals/0/${key}`, 1, 1)));
    const scan = store.scan(toUtf8('totals/0/'), toUtf8('totals/00'))[Symbol.asyncIterator]();
    await scan.next();
    await store.clear(toUtf8('totals/0/b'), toUtf8('totals/0/c'));
    expect(await Promise.all(['a', 'b', 'c'].map(async (key) => (await read(`totals/0/${key}`)) !== null))).toEqual([
      true,
      false,
      true,
    ]);
    await scan.return?.();
  });

  test('a commit in parts shows all of its rows', async () => {
    const { read, store } = await open();
    const keys = Array.from({ length: 20 }, (_, i) => `totals/0/${'k'.repeat(1_024 ** 2)}${i}`);
    await store.commit(keys.map((key) => put(key, 1, 1)));
    expect((await Promise.all(keys.map(read))).every((json) => json !== null)).toBe(true);
    await store.commit(keys.map((key) => [toUtf8(key), undefined]));
    expect(await Promise.all(keys.map(read))).toEqual(keys.map(() => null));
  });

  test('all keys of a space have its hash tag, so that a cluster keeps them in one slot', async () => {
    const { space, store } = await open();
    await store.commit([put('totals/0/{other}', 1, 1), put('wall/0/a', 1, Date.now())]);
    const found = await client.keys(`${prefix}*${space}*`);
    expect(found.length).toBeGreaterThan(3);
    expect(found.filter((key) => !key.startsWith(`${prefix}:{${space}}:`))).toEqual([]);
  });

  test('Redis removes rows a minute after they end on the wall clock, and no others', async () => {
    const { space, store } = await open();
    const expiry = (name: string) => client.pExpireTime(`${prefix}:{${space}}:json:${name}`);
    const now = Date.now();
    await store.commit(['totals', 'wall', 'stream'].map((name) => put(`${name}/0/a`, 1, now)));
    expect(await Promise.all(['totals/0/a', 'wall/0/a', 'stream/0/a'].map(expiry))).toEqual([
      -1,
      now + 61 * minute,
      -1,
    ]);
    await store.commit([put('wall/0/a', 1, now + minute)]);
    expect(await expiry('wall/0/a')).toBe(now + 62 * minute);
    await store.commit([put('wall/0/ended', 1, now - 62 * minute)]);
    expect(await client.exists(`${prefix}:{${space}}:json:wall/0/ended`)).toBe(0);
    expect(await rowsOf(store)).toContain('wall/0/ended');
  });

  test('a space keeps its format, and stays with the process that has it open', async () => {
    const { space, store } = await open();
    const opening = redis({ client, space, prefix }).open('');
    await expect(opening).rejects.toThrow(StorageError);
    await expect(opening).rejects.toThrow(/it has format: 'json': set that, or take another space/);
    await store.commit([put('totals/0/a', 1, 1)]);
  });
});

/** Returns the keys of all rows in the storage. */
const rowsOf = async (store: ByteStore): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const [key] of store.scan(toUtf8('a'), toUtf8('~'))) keys.push(String.fromCharCode(...key));
  return keys;
};
