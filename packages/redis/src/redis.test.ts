import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FencedError, type RemoteStorage, StorageError, toUtf8, type Write } from '@kstreams/core/graph';
import { expectScansOfTheirBegin } from '@kstreams/test-support/scans-of-their-begin';
import { describeWith } from '@kstreams/test-support/services';
import { byteStoreChecks } from '@kstreams/testing';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { type RedisClient, sendWith } from './client.js';
import { redis } from './redis.js';
import { openStorage } from './redis-storage.js';

const manifest = { durable: true, remote: true, fenced: true, damage: false };

describeWith('redis', 'state in Redis', (address) => {
  const client = createClient({ url: `redis://${address}` });
  const ioredis = new Redis(`redis://${address}`, { lazyConnect: true });
  const prefix = `test-${crypto.randomUUID()}`;
  let spaces = 0;
  const newSpace = (): string => `space-${spaces++}`;
  const open = (space: string): Promise<RemoteStorage> => openStorage({ send: sendWith(client), prefix, space });

  beforeAll(async () => {
    await Promise.all([client.connect(), ioredis.connect()]);
  });

  afterAll(async () => {
    await Promise.all([client.close(), ioredis.quit()]);
  });

  const clients: readonly (readonly [name: string, client: RedisClient])[] = [
    ['redis', client],
    ['ioredis', ioredis],
  ];
  const checks = clients.flatMap(([name, one]) =>
    byteStoreChecks(manifest).map((check) => ({ ...check, name: `${name}: ${check.name}`, one })),
  );

  test.each(checks)('$name', ({ one, run }) => {
    const space = newSpace();
    return run({ open: () => redis({ client: one, space, prefix }).open('') });
  });

  test('a commit in parts applies all of its writes, or none once the space is taken over', async () => {
    const space = newSpace();
    const large = (fill: number): Write[] =>
      Array.from({ length: 20 }, (_, i) => [toUtf8(`k${i}`), new Uint8Array(1_024 ** 2).fill(fill)]);
    const keys = large(0).map(([key]) => key);
    const first = await open(space);
    await first.commit(large(1));
    const second = await open(space);
    await expect(first.commit(large(2))).rejects.toThrow(FencedError);
    await expect(first.clear(toUtf8('a'), toUtf8('z'))).rejects.toThrow(FencedError);
    expect((await second.getMany(keys)).map((value) => value?.[0])).toEqual(keys.map(() => 1));
    await second.commit(keys.map((key) => [key, undefined]));
    expect(new Set(await second.getMany(keys))).toEqual(new Set([undefined]));
  });

  test.each(clients)('%s reads any bytes: of keys that are texts, and of others', async (_name, one) => {
    const storage = await openStorage({ send: sendWith(one), prefix, space: newSpace() });
    const rows: Write[] = Array.from({ length: 256 }, (_, byte) => [Uint8Array.of(byte, 0), Uint8Array.of(byte, 255)]);
    await storage.commit([...rows, [new Uint8Array(0), toUtf8('')]]);
    const [texts, others] = [rows.slice(0, 128), rows.slice(128)];
    for (const some of [texts, others, [...others, ...texts]]) {
      const values = await storage.getMany([...some.map(([key]) => key), toUtf8('absent'), new Uint8Array(0)]);
      expect(values).toEqual([...some.map(([, value]) => value), undefined, new Uint8Array(0)]);
    }
  });

  test('a commit of many rows, and a read of them, is more than one call in a script takes', async () => {
    const storage = await open(newSpace());
    const keys = Array.from({ length: 25_000 }, (_, i) => toUtf8(`k${i}`));
    await storage.commit(keys.map((key) => [key, key]));
    expect(await storage.getMany(keys)).toEqual(keys);
    await storage.commit(keys.map((key, i) => [key, i % 2 === 0 ? undefined : toUtf8('later')]));
    expect(new Set((await storage.getMany(keys)).map(String))).toEqual(new Set(['undefined', String(toUtf8('later'))]));
  });

  test('scans show the rows as they were when they began, through commits and clears', () =>
    expectScansOfTheirBegin(() => open(newSpace())));
});

test('a server that may evict rows is refused', async () => {
  const infoOf = (memory: string, policy: string) => async () =>
    Buffer.from(`# Memory\r\nmaxmemory:${memory}\r\nmaxmemory_policy:${policy}\r\n`);
  const opening = openStorage({ send: infoOf('1000', 'allkeys-lru'), prefix: 'kstreams', space: 'shop-0' });
  await expect(opening).rejects.toThrow(StorageError);
  await expect(opening).rejects.toThrow(/its maxmemory-policy is allkeys-lru, which evicts rows: set it to noeviction/);
});

test('a client that is not connected is a StorageError that names the space', async () => {
  const opening = redis({ client: createClient(), space: 'shop-0' }).open('');
  await expect(opening).rejects.toThrow(StorageError);
  await expect(opening).rejects.toThrow(/the space "shop-0" of Redis cannot be opened: /);
});

test('a missing or unknown option is refused', () => {
  const client = createClient();
  expect(() => redis({ client } as never)).toThrow(/option "space" of redis is missing/);
  expect(() => redis({ client: {}, space: 'a' } as never)).toThrow(/option "client" of redis/);
  expect(() => redis({ client, space: 'a', prefx: 'b' } as never)).toThrow(/has no option "prefx"/);
});
