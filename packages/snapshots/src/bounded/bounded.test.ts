/** State that is larger than the disk. */
import { describe, expect, test } from '@jest/globals';
import {
  type Bytes,
  concatBytes,
  fromUtf8,
  Pending,
  rangeOf,
  retryPending,
  storePrefix,
  toUtf8,
  type Write,
} from '@kstreams/core/graph';
import { memoryStore } from '@kstreams/stores';
import { override } from '@kstreams/test-support/override';
import { type Change, type Process, World } from '../../test/world.js';

const prefix = storePrefix('rows', 0);

const rows = (from: number, to: number, value = 'v'): Change[] =>
  Array.from({ length: to - from }, (_, i) => [String(1_000 + from + i), `${value}${from + i}`]);

const keyOf = (key: string): Uint8Array => concatBytes(prefix, toUtf8(key));

const read = ({ store }: Process, key: string): Promise<string | undefined> =>
  retryPending(() => store.get(keyOf(key))).then((bytes) => bytes && fromUtf8(bytes));

/** Returns a process with 300 rows of about 16 bytes, of which its disk has few. */
const larger = async (settings = {}, disk = memoryStore()) => {
  const world = new World({ disk: 1_000, memory: 100_000, blocks: 10_000, reads: 10_000, ...settings });
  const process = await world.start(disk);
  await world.commit(process, rows(0, 300));
  await world.pass(process, 1_000);
  return { world, process };
};

/** Commits rows that make the process drop others, once a snapshot has them. */
const press = async (world: World, process: Process): Promise<void> => {
  for (const value of ['a', 'b']) {
    await world.commit(process, rows(200, 270, value));
    await world.pass(process, 1_000);
  }
};

describe('a store with a bound of its local rows', () => {
  test('keeps about as many bytes as the bound, and serves all rows', async () => {
    const { world, process } = await larger();
    await world.commit(process, [...rows(0, 20, 'new'), ['1100', undefined]]);
    expect(await world.readRows(process)).toEqual(world.expected());
    expect(await world.rows(process)).toEqual(world.expected());
    await world.pass(process, 1_000);
    expect(await world.localRows(process)).toBeLessThan(70);
    expect(await world.readRows(process)).toEqual(world.expected());
    expect((await world.snapshots()).at(-1)).toMatchObject({ deltas: { length: 1 } });
    expect(process.store.waits).toBe(true);
  });

  test('scans any range forwards and backwards, as it was when its first row was read', async () => {
    const { world, process } = await larger();
    await world.commit(process, [
      ['1005', undefined],
      ['1006', 'changed'],
      ['10065', 'added'],
    ]);
    const scan = async (from: string, to: string, reverse: boolean): Promise<string[]> => {
      const found: string[] = [];
      for await (const [key] of process.store.scan(keyOf(from), keyOf(to), { reverse })) {
        if (found.length === 0) await world.commit(process, rows(0, 300, 'later'));
        found.push(fromUtf8(key.subarray(prefix.length)));
      }
      return found;
    };
    const keys = ['1003', '1004', '1006', '10065', '1007'];
    expect(await scan('1003', '1008', false)).toEqual(keys);
    await world.commit(process, [['1005', undefined]]);
    expect(await scan('1003', '1008', true)).toEqual(keys.toReversed());
    expect(await scan('1003', '1003', true)).toEqual([]);
    const all: string[] = [];
    for await (const [key] of process.store.scan(...rangeOf(prefix), { reverse: true })) all.push(fromUtf8(key));
    expect(all).toEqual(all.toSorted().reverse());
    expect(all).toHaveLength(301);
  });

  test('drops no row that only a later snapshot has, which is written while rows are dropped', async () => {
    const disk = memoryStore();
    const lost: string[] = [];
    let drops = 0;
    let dropped = (_: Bytes): void => {};
    const commit = async (writes: readonly Write[]): Promise<void> => {
      await disk.commit(writes);
      for (const [key, value] of writes) if (value === undefined) dropped(key);
    };
    const { world, process } = await larger({}, override(disk, { commit }));
    world.fault = () => 'slow';
    dropped = (key) => {
      if (key[0] !== prefix[0]) return;
      drops++;
      try {
        if (process.store.get(key) === undefined) lost.push(fromUtf8(key));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Pending);
      }
    };
    for (let turns = 0; turns < 20; turns++) {
      await world.settled(process);
      await world.commit(process, rows(1_000 + 10 * turns, 1_010 + 10 * turns));
      await world.begin(process, turns);
      await world.commit(process, rows(0, 80, `${turns}-`));
    }
    await world.settled(process);
    expect(drops).toBeGreaterThan(500);
    expect(lost).toEqual([]);
  });

  test.each([Number.POSITIVE_INFINITY, 1])(
    'finds a row again that was deleted, came back and was dropped, after a death at write %d',
    async (dieAtWrite) => {
      const { world, process } = await larger();
      await world.commit(process, [['1100', undefined]]);
      await world.commit(process, [['1100', 'back']]);
      process.dieAtWrite = dieAtWrite;
      await world.pass(process, 1_000);
      process.dead = true;
      const next = await world.start(process.disk);
      await press(world, next);
      expect(await read(next, '1100')).toBe('back');
      expect(await world.readRows(next)).toEqual(world.expected());
    },
  );

  test('keeps rows deleted that are deleted while the first snapshot is written', async () => {
    const world = new World({ disk: 1_000, memory: 100_000 });
    world.fault = () => 'slow';
    const process = await world.start();
    await world.commit(process, rows(0, 300));
    await world.begin(process, 3);
    await world.commit(process, [['1100', undefined]]);
    await world.expire(process, '1050');
    await world.settled(process);
    expect(await read(process, '1100')).toBe(undefined);
    expect(await read(process, '1049')).toBe(undefined);
    expect(await world.rows(process)).toEqual(world.expected());
  });

  test.each([
    ['changed', 'newer', 'before a snapshot'],
    ['deleted', undefined, 'before a snapshot'],
    ['changed', 'newer', 'in a snapshot'],
    ['deleted', undefined, 'in a snapshot'],
  ])('does not keep a row that was read and is %s to %s since, %s', async (_, value, when) => {
    const { world, process } = await larger({ reads: 60 });
    await press(world, process);
    const local = new Set<string>();
    for await (const [key] of process.disk.scan(...rangeOf(prefix))) local.add(fromUtf8(key.subarray(prefix.length)));
    const below = rows(0, 300).filter(([key]) => !local.has(key));
    const [[first], ...others] = below as [Change, ...Change[]];
    await read(process, first);
    await world.commit(process, [[first, value]]);
    if (when === 'in a snapshot') await press(world, process);
    for (const [key] of others.slice(0, 20)) await read(process, key);
    await world.settled(process);
    expect(await read(process, first)).toBe(value);
    expect(await world.rows(process)).toEqual(world.expected());
  });

  test('keeps rows that are read on its disk', async () => {
    const { world, process } = await larger({ reads: 10, disk: 100_000 });
    process.dead = true;
    const next = await world.start();
    expect(await world.localRows(next)).toBe(0);
    await world.readRows(next);
    await world.settled(next);
    expect(await world.localRows(next)).toBeGreaterThan(100);
    world.fault = () => 'unavailable';
    expect(await read(next, '1000')).toBe('v0');
  });

  test('drops no row before its snapshot can be read', async () => {
    const { world, process } = await larger();
    await world.commit(process, rows(0, 3, 'new'));
    let gets = 0;
    world.fault = (call) => (call === 'get' && ++gets > 0 ? 'unavailable' : undefined);
    await world.pass(process, 1_000);
    expect(gets).toBeGreaterThan(0);
    await world.commit(process, rows(100, 110, 'new'));
    await world.settled(process);
    world.fault = () => undefined;
    expect(await world.rows(process)).toEqual(world.expected());
  });

  test('keeps cleared rows cleared through snapshots and starts', async () => {
    const { world, process } = await larger();
    await world.expire(process, '1050');
    await press(world, process);
    expect(await read(process, '1049')).toBe(undefined);
    await world.expire(process, '1060');
    process.dead = true;
    const next = await world.start(process.disk);
    await press(world, next);
    expect(await read(next, '1059')).toBe(undefined);
    expect(await read(next, '1060')).toBe('v60');
  });

  test('continues after a close without a request for rows, and after a crash with a snapshot of what is local', async () => {
    const { world, process } = await larger();
    await world.commit(process, rows(0, 3, 'new'));
    await process.store.close();
    const next = await world.start(process.disk);
    expect(world.replayed).toBe(0);
    await world.commit(next, rows(3, 6, 'new'));
    next.dead = true;
    const last = await world.start(next.disk);
    await world.pass(last, 1_000);
    expect((await world.snapshots()).at(-1)).toMatchObject({ position: { offset: 306 }, deltas: { length: 2 } });
    expect(await world.rows(last)).toEqual(world.expected());
    expect(await world.rows(await world.start(memoryStore()))).toEqual(world.expected());
    expect(world.replayed).toBe(0);
  });

  test('fails reads and starts while the bucket cannot be reached, and goes on after it', async () => {
    const { world, process } = await larger({ blocks: 500 });
    await press(world, process);
    world.fault = () => 'unavailable';
    const reads = async (): Promise<void> => {
      for (const [key] of rows(0, 200)) await read(process, key);
    };
    await expect(reads()).rejects.toThrow('503 Slow Down');
    expect(process.store.damage).toBe(undefined);
    world.fault = () => undefined;
    expect(await world.readRows(process)).toEqual(world.expected());
    expect(world.mended).toBe(0);
  });

  test('restores its rows when a block is damaged', async () => {
    const { world, process } = await larger({ blocks: 500 });
    for (const key of world.bucket.objects.keys()) if (key.includes('/segment/')) world.bucket.objects.delete(key);
    expect(await world.readRows(process)).toEqual(world.expected());
    expect(world.mended).toBe(1);
  });

  test('takes rows that an unbounded store has, or has begun to load, and gives them back', async () => {
    const disk = memoryStore();
    const world = new World({ memory: 100_000 });
    const first = await world.start(disk);
    await world.commit(first, rows(0, 300));
    await first.store.close();
    world.bound(1_000);
    const bounded = await world.start(disk);
    await press(world, bounded);
    expect(await world.localRows(bounded)).toBeLessThan(100);
    await bounded.store.close();
    world.bound(Number.POSITIVE_INFINITY);
    world.fault = () => 'slow';
    const loading = await world.start(disk);
    await world.turns(3);
    loading.dead = true;
    world.bound(1_000);
    const again = await world.start(disk);
    expect(await world.rows(again)).toEqual(world.expected());
    await press(world, again);
    expect(await world.readRows(again)).toEqual(world.expected());
    expect(world.replayed).toBe(0);
  });
});
