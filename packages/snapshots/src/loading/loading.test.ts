import { describe, expect, test } from '@jest/globals';
import { concatBytes, fromUtf8, Pending, retryPending, storePrefix, toUtf8 } from '@kstreams/core/graph';
import { memoryStore } from '@kstreams/stores';
import { type Change, type Process, World } from '../../test/world.js';

const rows = (from: number, to: number, value = 'v'): Change[] =>
  Array.from({ length: to - from }, (_, i) => [String(1_000 + from + i), `${value}${from + i}`]);

const keyOf = (key: string): Uint8Array => concatBytes(storePrefix('rows', 0), toUtf8(key));

const read = ({ store }: Process, key: string): Promise<string | undefined> =>
  retryPending(() => store.get(keyOf(key))).then((bytes) => bytes && fromUtf8(bytes));

/** Returns a world with a snapshot of 300 rows and a delta, whose bucket takes a turn of the event loop for each call. */
const slowWorld = async (settings = {}): Promise<World> => {
  const world = new World(settings);
  const process = await world.start();
  await world.commit(process, rows(0, 300));
  await world.pass(process, 1_000);
  await world.commit(process, [...rows(100, 110, 'new'), ['1200', undefined]]);
  await world.pass(process, 1_000);
  process.dead = true;
  world.fault = () => 'slow';
  return world;
};

/** Returns the keys on a disk that belong to no row and are no position. */
const bookkeeping = async ({ disk }: Process): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const [key] of disk.scan(toUtf8('@'), toUtf8('A'))) keys.push(fromUtf8(key));
  return keys.filter((key) => !key.startsWith('@position/'));
};

describe('a store that loads a snapshot', () => {
  test('serves each row at once, and absent keys without a read', async () => {
    const world = await slowWorld({ blocks: 10_000 });
    const process = await world.start();
    const { store } = process;
    expect(store.waits).toBe(true);
    const absent = Array.from({ length: 100 }, (_, i) => keyOf(`1100absent${i}`));
    const pending = absent.filter((key) => {
      try {
        return store.get(key) !== undefined;
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Pending);
        return true;
      }
    });
    expect(pending.length).toBeLessThan(10);
    expect(() => store.get(keyOf('1105'))).toThrow(Pending);
    expect(await read(process, '1105')).toBe('new105');
    expect(await read(process, '1299')).toBe('v299');
    expect(await read(process, '1200')).toBe(undefined);
    expect(await bookkeeping(process)).toEqual(['@loading/rows/0']);
    await world.settled(process);
    expect(store.waits).toBe(false);
    expect(await bookkeeping(process)).toEqual([]);
    expect(await world.rows(process)).toEqual(world.expected());
  });

  test('reads a block once for many keys, and the blocks of a prefetch together', async () => {
    const world = await slowWorld({ blocks: 100_000, sizes: { block: 1_000, segment: 100_000, range: 60 } });
    const { store } = await world.start();
    const keys = rows(0, 300).map(([key]) => keyOf(key));
    world.calls.length = 0;
    const loads = [store.prefetchKeys(keys), store.prefetchKeys(keys)];
    expect(world.calls.length).toBeLessThan(20);
    await Promise.all(loads);
    expect(store.prefetchKeys(keys)).toBe(undefined);
    expect(() => keys.map((key) => store.get(key))).not.toThrow();
  });

  test('keeps writes, deletes and cleared ranges over the rows that are not loaded', async () => {
    const world = await slowWorld();
    const process = await world.start();
    await world.commit(process, [
      ['1000', 'mine'],
      ['1150', undefined],
      ['1299', undefined],
      ['1150x', 'added'],
    ]);
    await world.commit(process, [['1299', 'again']]);
    expect([await read(process, '1000'), await read(process, '1150'), await read(process, '1299')]).toEqual([
      'mine',
      undefined,
      'again',
    ]);
    await world.expire(process, '1050');
    expect(await read(process, '1049')).toBe(undefined);
    expect(await world.readRows(process)).toEqual(world.expected());
    expect(await world.rows(process)).toEqual(world.expected());
    expect(await read(process, '1049')).toBe(undefined);
  });

  test('continues after a kill at any call, without rows that it has, and without the changelog', async () => {
    const reads: number[] = [];
    for (let calls = 0; calls < 60; calls += 3) {
      const world = await slowWorld();
      const first = await world.start();
      first.dieAt = calls;
      await world.commit(first, [
        ['1100', undefined],
        ['1250', 'mine'],
      ]);
      await world.settled(first);
      world.calls.length = 0;
      const next = await world.start(first.disk);
      await world.commit(next, [['1101', undefined]]);
      expect(await world.rows(next)).toEqual(world.expected());
      expect(await bookkeeping(next)).toEqual([]);
      expect(world.replayed).toBe(0);
      reads.push(world.calls.filter((call) => call === 'get').length);
    }
    expect(reads.at(-1)).toBeLessThan(reads[0] as number);
  });

  test('restores its rows otherwise when a block is damaged or the bucket cannot be reached', async () => {
    const world = await slowWorld();
    const process = await world.start();
    world.fault = () => 'unavailable';
    expect(await world.readRows(process)).toEqual(world.expected());
    expect(world.replayed).toBe(world.log.length);
    expect(world.failures.join()).toMatch(
      /^the rows of store "rows", partition 0, cannot be loaded from a snapshot: memory: .* cannot be read: 503 Slow Down; they are restored again/,
    );
    await expect(bookkeeping(process)).resolves.toEqual([]);
    const lost = await slowWorld();
    const manifests = () => [...lost.bucket.objects.keys()].filter((key) => key.includes('/manifest/'));
    const before = manifests();
    const loading = await lost.start();
    for (const key of lost.bucket.objects.keys()) if (key.includes('/segment/')) lost.bucket.objects.delete(key);
    expect(await lost.rows(loading)).toEqual(lost.expected());
    expect(manifests().length).toBeLessThan(before.length);
  });

  test('ends its waits when it is closed, and another store continues', async () => {
    const world = await slowWorld();
    const process = await world.start();
    const scan = world.rows(process);
    const get = read(process, '1299');
    await Promise.all([
      expect(scan).rejects.toThrow('the state is closed'),
      expect(get).rejects.toThrow('the state is closed'),
      process.store.close(),
    ]);
    expect(await world.rows(await world.start(process.disk))).toEqual(world.expected());
    expect(world.replayed).toBe(0);
  });

  test('writes no snapshot before it has all rows, and then one of what changed', async () => {
    const world = await slowWorld();
    const process = await world.start();
    await world.commit(process, rows(0, 3, 'later'));
    process.clock.advance(10_000);
    world.calls.length = 0;
    expect(await world.readRows(process)).toEqual(world.expected());
    expect(world.calls).not.toContain('put');
    await world.settled(process);
    await world.pass(process, 1_000);
    expect((await world.snapshots()).at(-1)).toMatchObject({ position: { offset: 314 }, deltas: { length: 2 } });
    expect(await world.rows(await world.start(memoryStore()))).toEqual(world.expected());
  });
});
