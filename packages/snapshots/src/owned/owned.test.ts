/** Shards without a changelog: no acknowledged commit is lost, and no former owner changes a row. */
import { describe, expect, test } from '@jest/globals';
import { FencedError, fromUtf8, rangeOf, StorageError, storePrefix, toUtf8 } from '@kstreams/core/graph';
import { memory, memoryStore } from '@kstreams/stores';
import fc from 'fast-check';
import { MemoryBucket } from '../../test/memory-bucket.js';
import { type OwnedFault, type OwnedProcess, OwnedWorld } from '../../test/owned-world.js';
import type { Change } from '../../test/world.js';
import type { SnapshotStore } from '../snapshot-store.js';
import { snapshots } from '../snapshots.js';

const key = fc.integer({ min: 0, max: 30 }).map((n) => String(100 + n));
const value = fc.option(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), { nil: undefined, freq: 4 });
const changes = fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 12 }) as fc.Arbitrary<Change[]>;
const fault = fc.constantFrom<OwnedFault>(
  'slow',
  'slow',
  'slow',
  'unavailable',
  'lost-response',
  'late',
  'dies-before',
  'dies-after',
  undefined,
  undefined,
  undefined,
);

interface State {
  readonly world: OwnedWorld;
  /** The processes, the newest last. */
  readonly processes: OwnedProcess[];
}

type Step = (state: State) => Promise<void>;

const newest = ({ processes }: State): OwnedProcess => processes.at(-1) as OwnedProcess;

/** Lets the newest process take over, or others on its disk or on a new one until one does. */
const takeOver = async (state: State, disk: 'own' | 'new' | 'none'): Promise<void> => {
  const { processes, world } = state;
  if (disk !== 'none' || newest(state).dead) {
    // A process that opens a disk ended the one before.
    if (disk === 'own') newest(state).dead = true;
    processes.push(await world.start(disk === 'own' ? newest(state).disk : memoryStore()));
  }
  for (let tries = 0; !(await world.acquire(newest(state))); tries++) {
    if (tries > 5) world.faults = [];
    if (newest(state).dead) processes.push(await world.start(newest(state).disk));
  }
};

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: changes.map((some) => async (state: State) => state.world.commit(newest(state), some)) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat({ max: 5 }), changes).map(([i, some]) => async ({ processes, world }: State) => {
      await world.commit(processes[i % processes.length] as OwnedProcess, some);
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom<'own' | 'new' | 'none'>('own', 'new', 'none')
      .map((disk) => (state: State) => takeOver(state, disk)),
  },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 20 }).map((n) => (state: State) => state.world.expire(newest(state), String(100 + n))),
  },
  {
    weight: 4,
    arbitrary: fc.array(fault, { minLength: 1, maxLength: 8 }).map((faults) => async ({ world }: State) => {
      world.faults = faults;
    }),
  },
  { weight: 1, arbitrary: fc.constant(async ({ world }: State) => void (world.faults = Array(9).fill('unavailable'))) },
  { weight: 2, arbitrary: fc.constant(({ world }: State) => world.arrive()) },
  { weight: 4, arbitrary: fc.constant((state: State) => state.world.settled(newest(state))) },
);

test('no acknowledged commit is lost, and no former owner commits, after any crashes, failures and late writes', async () => {
  const sums = { committed: 0, refused: 0, inDoubt: 0, late: 0 };
  const law = fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 40, size: 'max' }), async (all) => {
    const world = new OwnedWorld();
    const state: State = { world, processes: [await world.start()] };
    await takeOver(state, 'none');
    for (const step of all) await step(state);
    world.faults = [];
    await world.arrive();
    await takeOver(state, 'new');
    await takeOver(state, 'own');
    for (const what of Object.keys(sums) as (keyof typeof sums)[]) sums[what] += world.counts[what];
  });
  // A fixed seed: other runs might meet too few of what is counted below.
  await fc.assert(law, { seed: 1, numRuns: 50, endOnFailure: true });
  expect(Object.values(sums).map((count) => count > 5)).toEqual([true, true, true, true]);
});

const lost = { store: 'kept', partition: 0, signal: new AbortController().signal };
const row = (name: string, text: string) => [toUtf8(`kept/0/${name}`), toUtf8(text)] as const;

/** Opens a process without a disk, and lets it take the shard over. */
const owner = async (bucket: MemoryBucket, local = memory()) => {
  const store = await snapshots(local, bucket, { prefix: 'shop' }).open('');
  await store.acquire?.(lost);
  const rows = async () => {
    const found: string[] = [];
    for await (const [, text] of store.scan(...rangeOf(storePrefix('kept', 0)))) found.push(fromUtf8(text));
    return found;
  };
  return { store, rows };
};

describe('a store without a changelog', () => {
  test('costs a put for each commit, and none for commits of others', async () => {
    const bucket = new MemoryBucket();
    const { store } = await owner(bucket);
    let calls = 0;
    const { getVersion, put, replace } = bucket;
    const counted = <T>(call: T): T => {
      calls++;
      return call;
    };
    Object.assign(bucket, {
      put: (...args: Parameters<typeof put>) => counted(put(...args)),
      getVersion: (...args: Parameters<typeof getVersion>) => counted(getVersion(...args)),
      replace: (...args: Parameters<typeof replace>) => counted(replace(...args)),
    });
    for (let i = 0; i < 5; i++) await store.commit([row('a', String(i))]);
    await store.commit([[toUtf8('scratch/0/a'), toUtf8('x')]]);
    expect(calls).toBe(5);
    await store.close();
  });

  test('has the rows of the last commit in a process without its disk, which the former owner cannot change', async () => {
    const bucket = new MemoryBucket();
    const first = await owner(bucket);
    await first.store.commit([row('a', '1'), row('b', '2')]);
    const second = await owner(bucket);
    expect(await second.rows()).toEqual(['1', '2']);
    const late = first.store.commit([row('a', 'late')]);
    await expect(late).rejects.toThrow(FencedError);
    await expect(late).rejects.toMatchObject({
      location: { partition: 0 },
      reason: 'another process took store "kept" over',
    });
    expect(await first.rows()).toEqual(['1', '2']);
    await second.store.commit([row('b', '3')]);
    expect(await (await owner(bucket)).rows()).toEqual(['1', '3']);
  });

  test('begins with the local rows where the bucket has none', async () => {
    const bucket = new MemoryBucket();
    const local = memoryStore();
    await local.commit([row('a', 'old')]);
    const first = await owner(bucket, { name: 'kept', open: async () => local });
    expect(await first.rows()).toEqual(['old']);
    expect(await (await owner(bucket)).rows()).toEqual(['old']);
  });

  test('is refused while an object of it is damaged or missing, and the error names it', async () => {
    const bucket = new MemoryBucket();
    const local = memoryStore();
    await local.commit([row('a', 'old')]);
    await owner(bucket, { name: 'kept', open: async () => local });
    const [segment] = [...bucket.objects.keys()].filter((one) => one.includes('/segment/')) as [string];
    bucket.objects.delete(segment);
    await expect(owner(bucket)).rejects.toThrow(`memory: the segment ${segment} is damaged: it is missing`);
    bucket.objects.set('shop/kept/0/owner', { bytes: toUtf8('kstreams-owner-1 0 0\n{}'), modified: 0 });
    const refused = owner(bucket);
    await expect(refused).rejects.toThrow(StorageError);
    await expect(refused).rejects.toThrow(/shop\/kept\/0\/owner is damaged: restore it, or delete it/);
  });

  test('deletes segments that its commits no longer name', async () => {
    const bucket = new MemoryBucket();
    const store = (await owner(bucket)).store as SnapshotStore;
    const text = 'x'.repeat(2_000);
    for (let i = 0; i < 300; i++) await store.commit([row(String(i % 200), `${i} ${text}`)]);
    await store.settled();
    await store.commit([row('last', '1')]);
    await store.settled();
    const segments = [...bucket.objects.keys()].filter((one) => one.includes('/segment/'));
    expect(segments.length).toBeLessThan(8);
    expect(await (await owner(bucket)).rows()).toHaveLength(201);
  });
});
