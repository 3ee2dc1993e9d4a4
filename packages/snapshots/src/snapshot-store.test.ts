import { describe, expect, test } from '@jest/globals';
import { toUtf8 } from '@kstreams/core/graph';
import { type Change, World } from '../test/world.js';

const rows = (from: number, to: number, value = 'v'): Change[] =>
  Array.from({ length: to - from }, (_, i) => [String(1_000 + from + i), `${value}${from + i}`]);

const keysOf = (world: World, part: string): string[] =>
  [...world.bucket.objects.keys()].filter((key) => key.includes(part));

/** Returns a world with a process that has written a snapshot of some rows. */
const written = async (count: number, settings = {}) => {
  const world = new World(settings);
  const process = await world.start();
  await world.commit(process, rows(0, count));
  await world.pass(process, 1_000);
  return { world, process };
};

describe('a process without its disk', () => {
  test('loads the newest snapshot, and reads only the rest of the changelog', async () => {
    const { world, process } = await written(50);
    await world.commit(process, rows(0, 5, 'new'));
    await world.pass(process, 1_000);
    await world.commit(process, [...rows(50, 54), ['1000', undefined]]);
    const next = await world.start();
    expect(await world.rows(next)).toEqual(world.expected());
    expect(world.replayed).toBe(5);
    expect(world.failures).toEqual([]);
  });

  test('reads the changelog when the bucket is empty or cannot be reached, and says so', async () => {
    const empty = new World();
    await empty.commit(await empty.start(), rows(0, 9));
    await empty.start();
    expect([empty.replayed, empty.failures]).toEqual([9, []]);
    const { world } = await written(9);
    world.fault = () => 'unavailable';
    expect(await world.rows(await world.start())).toEqual(world.expected());
    expect(world.failures).toEqual([
      'store "rows", partition 0, cannot be loaded from a snapshot: memory: app/rows/0/topic-1/manifest/ cannot be listed: ' +
        '503 Slow Down; an older one is tried, then its changelog is read',
    ]);
  });

  test.each([
    ['the newest manifest is cut short', 'manifest', (bytes: Uint8Array) => bytes.slice(0, 30)],
    ['the newest manifest has no bytes', 'manifest', () => new Uint8Array()],
    ['a segment is changed', 'segment', (bytes: Uint8Array) => bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte))],
    ['a segment is cut short', 'segment', (bytes: Uint8Array) => bytes.slice(0, -1)],
    ['a segment is missing', 'segment', () => undefined],
  ])('loads the snapshot before if %s', async (_, part, damage) => {
    const { world, process } = await written(50);
    await world.commit(process, rows(0, 2, 'new'));
    await world.pass(process, 1_000);
    const key = keysOf(world, part).sort().at(-1) as string;
    const { bytes, modified } = world.bucket.objects.get(key) as { bytes: Uint8Array; modified: number };
    const damaged = damage(bytes);
    if (damaged === undefined) world.bucket.objects.delete(key);
    else world.bucket.objects.set(key, { bytes: damaged, modified });
    expect(await world.rows(await world.start())).toEqual(world.expected());
    expect(world.replayed).toBe(2);
    expect(world.failures.join()).toMatch(/cannot be loaded from a snapshot: .*(damaged|missing)/);
  });

  test('deletes snapshots beyond the end of the changelog, so that later ones take their places', async () => {
    const { world, process } = await written(20);
    await world.commit(process, rows(0, 10, 'lost'));
    await world.pass(process, 1_000);
    process.dead = true;
    world.log.length = 25;
    const next = await world.start();
    expect(await world.rows(next)).toEqual(world.expected());
    await world.commit(next, rows(10, 15, 'other'));
    await world.pass(next, 1_000);
    expect(await world.rows(await world.start())).toEqual(world.expected());
  });
});

describe('snapshots', () => {
  test('have the changed rows only, until these are a large part of all rows', async () => {
    const { world, process } = await written(300);
    const sizes: number[] = [];
    for (let i = 0; i < 15; i++) {
      const before = new Set(world.bucket.objects.keys());
      await world.commit(process, rows(20 * i, 20 * i + 20, 'changed '));
      await world.pass(process, 1_000);
      const added = [...world.bucket.objects].filter(([key]) => !before.has(key) && key.includes('segment'));
      sizes.push(added.reduce((sum, [, { bytes }]) => sum + bytes.length, 0));
    }
    const large = sizes.filter((size) => size > 2_000).length;
    expect(large).toBeGreaterThan(0);
    expect(large).toBeLessThan(4);
  });

  test('of many small changes are merged', async () => {
    const { world, process } = await written(600, { memory: 1_000_000 });
    for (let i = 0; i < 40; i++) {
      await world.commit(process, rows(i, i + 1, 'changed '));
      await world.pass(process, 1_000);
    }
    const newest = (await world.snapshots()).at(-1);
    expect(newest?.deltas.length).toBeLessThanOrEqual(17);
    expect(await world.rows(await world.start())).toEqual(world.expected());
  });

  test('are written at a clean stop, and continued after it', async () => {
    const { world, process } = await written(100);
    await world.commit(process, rows(0, 2, 'new'));
    await process.store.close();
    expect((await world.snapshots()).at(-1)?.position.offset).toBe(102);
    const next = await world.start(process.disk);
    await world.commit(next, rows(2, 4, 'new'));
    await world.pass(next, 1_000);
    expect((await world.snapshots()).at(-1)).toMatchObject({ position: { offset: 104 }, deltas: { length: 2 } });
  });

  test('have all rows after a crash, whose changes are not known', async () => {
    const { world, process } = await written(100);
    await world.commit(process, rows(0, 2, 'new'));
    process.dead = true;
    const next = await world.start(process.disk);
    await world.commit(next, rows(2, 4, 'new'));
    await world.pass(next, 1_000);
    expect((await world.snapshots()).at(-1)).toMatchObject({ position: { offset: 104 }, deltas: [] });
    expect(await world.rows(await world.start())).toEqual(world.expected());
  });

  test('are written early when changes take much memory, and have all rows after an outage', async () => {
    const { world, process } = await written(200, { every: 1_000_000 });
    await world.pass(process, 1_000_000);
    for (let i = 0; i < 4; i++) await world.commit(process, rows(10 * i, 10 * i + 10));
    await world.settled(process);
    expect((await world.snapshots()).at(-1)).toMatchObject({ position: { offset: 230 }, deltas: { length: 1 } });
    world.fault = () => 'unavailable';
    for (let i = 0; i < 20; i++) {
      await world.commit(process, rows(10 * i, 10 * i + 10, 'new'));
      await world.pass(process, 100);
    }
    expect(world.failures).toHaveLength(1);
    expect(world.failures[0]).toMatch(
      /^the snapshot of store "rows", partition 0, failed and is tried again: memory: /,
    );
    world.fault = () => undefined;
    await world.pass(process, 1_000_000);
    expect((await world.snapshots()).at(-1)).toMatchObject({ position: { offset: 440 }, deltas: [] });
  });

  test('have all rows in due time, rather than many early deltas, while rows change fast', async () => {
    const every = 1_000_000;
    const world = new World({ every, grace: 100 * every });
    const process = await world.start();
    /** Commits changes for up to the time between snapshots, then none. Returns the numbers of deltas of the snapshots meanwhile. */
    const changed = async (count: number): Promise<readonly number[]> => {
      const before = (await world.snapshots()).length;
      for (let i = 0; i < 60; i++) {
        if (i < count) await world.commit(process, rows((20 * i) % 200, ((20 * i) % 200) + 20, `${i} `));
        await world.settled(process);
        await world.pass(process, every / 50);
      }
      return (await world.snapshots()).slice(before).map(({ deltas }) => deltas.length);
    };
    expect(await changed(50)).toEqual([0]);
    const early = await changed(50);
    expect(early.at(-1)).toBe(0);
    expect([early.length > 1, early.length < 6]).toEqual([true, true]);
    expect(await changed(50)).toEqual([0]);
    expect(await changed(1)).toEqual([1]);
    expect(await changed(4)).toEqual([2, 3]);
    expect(await world.rows(await world.start())).toEqual(world.expected());
  });

  test('have all rows in due time after a start without one, however fast rows change', async () => {
    const every = 1_000_000;
    const world = new World({ every });
    const first = await world.start();
    await world.commit(first, rows(0, 100));
    first.dead = true;
    const process = await world.start(first.disk);
    const end = world.log.length;
    for (let i = 0; i < 10; i++) {
      await world.commit(process, rows(10 * i, 10 * i + 10, 'new'));
      await world.settled(process);
    }
    expect(await world.snapshots()).toEqual([]);
    await world.pass(process, every);
    expect(await world.snapshots()).toMatchObject([{ position: { offset: end + 100 }, deltas: [] }]);
  });

  test('with all rows take up to a tenth of the time while rows change fast', async () => {
    const every = 30_000;
    const world = new World({ every });
    const process = await world.start();
    const { clock } = process;
    world.fault = (call) => {
      if (call === 'put') clock.advance(1_000);
      return undefined;
    };
    let [count, busy] = [0, 0];
    for (let i = 0; i < 500; i++) {
      await world.commit(process, rows(20 * (i % 10), 20 * (i % 10) + 20, `${i} `));
      const [begin, before] = [clock.monotonic(), (await world.snapshots()).at(-1)];
      await world.pass(process, 2_000);
      const newest = (await world.snapshots()).at(-1);
      if (newest === undefined || newest.deltas.length > 0 || newest.tag === before?.tag) continue;
      count++;
      busy += clock.monotonic() - begin - 2_000;
    }
    expect(count).toBeGreaterThan(5);
    expect(busy / clock.monotonic()).toBeLessThan(0.1);
    expect(busy / count).toBeGreaterThan(every / 10);
    expect(await world.rows(await world.start())).toEqual(world.expected());
  });

  test('that a close cannot finish in its time are left to the changelog, which is no failure', async () => {
    const { world, process } = await written(100);
    await world.commit(process, rows(0, 90, 'new'));
    world.fault = (call) => {
      if (call === 'put') process.clock.advance(20_000);
      return undefined;
    };
    await process.store.close();
    world.fault = () => undefined;
    expect((await world.snapshots()).at(-1)?.position.offset).toBe(100);
    expect(world.failures).toEqual([]);
    expect(await world.rows(await world.start())).toEqual(world.expected());
  });

  test('make no request while rows do not change', async () => {
    const { world, process } = await written(10);
    world.calls.length = 0;
    await world.pass(process, 10_000_000);
    expect(world.calls).toEqual([]);
    await world.commit(process, rows(0, 1));
    await world.pass(process, 1_000);
    expect(world.calls.filter((name) => name !== 'delete')).toEqual(['put', 'put', 'list']);
  });

  test('are recognised when their response is lost', async () => {
    const { world, process } = await written(100);
    let puts = 0;
    world.fault = () => (puts++ % 2 === 0 ? 'lost-response' : undefined);
    await world.commit(process, rows(0, 2, 'new'));
    await world.pass(process, 1_000);
    expect([world.failures, keysOf(world, 'manifest').length]).toEqual([[], 2]);
    expect((await world.snapshots()).at(-1)?.deltas).toHaveLength(1);
  });

  test('of two processes at one position are one', async () => {
    const { world, process } = await written(100);
    const other = await world.start();
    await world.commit(process, rows(0, 2, 'new'));
    await world.follow(other, 2);
    await world.pass(process, 1_000);
    await world.pass(other, 1_000);
    expect(keysOf(world, 'manifest')).toHaveLength(2);
    expect(world.failures).toEqual([]);
  });
});

describe('garbage collection', () => {
  test('deletes what newer snapshots replaced for longer than the grace, and leaves what they name', async () => {
    const { world, process } = await written(100);
    for (let i = 0; i < 30; i++) {
      await world.commit(process, rows(i, i + 3, 'new'));
      await world.pass(process, 1_000);
    }
    const manifests = keysOf(world, 'manifest').length;
    expect(manifests).toBeLessThanOrEqual(8);
    expect(await world.snapshots()).toHaveLength(manifests);
    expect(keysOf(world, 'segment').length).toBeLessThan(120);
    expect(await world.rows(await world.start())).toEqual(world.expected());
  });

  test('deletes the snapshots of a topic that was deleted and created again', async () => {
    const { world, process } = await written(10);
    const old = 'app/rows/0/topic-0/segment/1';
    await world.bucket.put(old, toUtf8('x'));
    await world.commit(process, rows(0, 1));
    await world.pass(process, 4_000);
    expect(world.bucket.objects.has(old)).toBe(true);
    await world.commit(process, rows(0, 1));
    await world.pass(process, 4_000);
    expect(world.bucket.objects.has(old)).toBe(false);
  });

  test('of another process, while one stalls, makes that one write all rows again', async () => {
    const { world, process: stalled } = await written(100);
    const owner = await world.start();
    await world.commit(owner, rows(0, 90, 'new'));
    await world.pass(owner, 1_000);
    for (let i = 0; i < 12; i++) {
      await world.commit(owner, rows(0, 90, `${i} `));
      await world.pass(owner, 1_000);
    }
    const behind = world.log.length;
    await world.commit(stalled, rows(0, 1, 'late'));
    await world.pass(stalled, 1_000);
    expect(world.failures.join()).toMatch(
      /was deleted before its snapshot was written: make the option "grace" longer/,
    );
    expect((await world.snapshots()).map(({ position }) => position.offset)).not.toContain(behind + 1);
  });
});
