/** Steps of processes that own a partition in turn. */
import { expect } from '@jest/globals';
import { memoryStore } from '@kstreams/stores';
import fc from 'fast-check';
import type { Fault } from './faulty-bucket.js';
import type { Change, Process, World } from './world.js';

const key = fc.integer({ min: 0, max: 30 }).map((n) => String(100 + n));
const change = fc.tuple(
  key,
  fc.option(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), { nil: undefined, freq: 4 }),
);

/** A world with its processes. */
export interface State {
  readonly world: World;
  /** The owner of the partition, and the owner before it, which may still write snapshots. */
  owner: Process;
  former: Process | undefined;
}

type Step = (state: State) => Promise<void>;

/** Any step, with the failures of processes, of their disks and of the bucket. */
export const steps: fc.Arbitrary<{ readonly name: string; readonly run: Step }> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(change, { minLength: 1, maxLength: 12 }).map((changes) => ({
      name: `commit ${changes.length}`,
      run: async ({ owner, world }: State) => {
        const later = changes.filter(([id]) => id >= world.horizon) as Change[];
        await world.commit(owner, later);
      },
    })),
  },
  {
    weight: 6,
    arbitrary: fc.integer({ min: 100, max: 3_000 }).map((ms) => ({
      name: `pass ${ms}`,
      run: ({ owner, world }: State) => world.pass(owner, ms),
    })),
  },
  {
    weight: 3,
    arbitrary: fc.nat({ max: 20 }).map((turns) => ({
      name: `begin snapshot, ${turns} turns`,
      run: ({ owner, world }: State) => world.begin(owner, turns),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 2 }).map((n) => ({
      name: 'expire',
      run: ({ owner, world }: State) => world.expire(owner, String(Number(world.horizon || 100) + n)),
    })),
  },
  {
    weight: 2,
    arbitrary: fc.constant({
      name: 'former owner writes',
      run: async ({ former, world }: State) => {
        if (former !== undefined) await world.pass(former, 2_000);
      },
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('disk', 'lost', 'other').map((disk) => ({
      name: `move: ${disk}`,
      run: async (state: State) => {
        const { former, owner, world } = state;
        const next = disk === 'disk' ? owner.disk : disk === 'other' ? former?.disk : undefined;
        if (disk === 'disk') owner.dead = true;
        if (disk === 'other' && former !== undefined) former.dead = true;
        state.owner = await world.start(next ?? memoryStore());
        state.former = disk === 'disk' ? former : owner;
      },
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat({ max: 12 }), fc.array(change, { maxLength: 12 })).map(([calls, changes]) => ({
      name: `loses its disk, and dies after ${calls} calls`,
      run: async (state: State) => {
        const { owner, world } = state;
        owner.dead = true;
        const loading = await world.start();
        loading.dieAt = calls;
        await world.commit(loading, changes.filter(([id]) => id >= world.horizon) as Change[]);
        await world.settled(loading);
        loading.dead = true;
        state.owner = await world.start(loading.disk);
        expect(await world.readRows(state.owner)).toEqual(world.expected());
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 6 }).map((turns) => ({
      name: `loses its disk, and the bucket after ${turns} turns`,
      run: async (state: State) => {
        const { owner, world } = state;
        owner.dead = true;
        state.owner = await world.start();
        await world.turns(turns);
        const { fault } = world;
        world.fault = () => 'unavailable';
        expect(await world.readRows(state.owner)).toEqual(world.expected());
        world.fault = fault;
      },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      name: 'stop and start',
      run: async (state: State) => {
        await state.owner.store.close();
        state.owner = await state.world.start(state.owner.disk);
      },
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat({ max: 12 }), fc.boolean()).map(([calls, keepsDisk]) => ({
      name: `dies after ${calls} calls`,
      run: async (state: State) => {
        const { owner, world } = state;
        owner.dieAt = calls;
        await world.pass(owner, 2_000);
        owner.dead = true;
        state.owner = await world.start(keepsDisk ? owner.disk : memoryStore());
      },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 5 }).map((writes) => ({
      name: `dies after ${writes} writes to its disk`,
      run: async (state: State) => {
        const { owner, world } = state;
        owner.dieAtWrite = writes;
        await world.pass(owner, 2_000);
        owner.dead = true;
        state.owner = await world.start(owner.disk);
      },
    })),
  },
  {
    weight: 4,
    arbitrary: fc.boolean().map((single) => ({
      name: single ? 'read single rows' : 'scan',
      run: async ({ owner, world }: State) => {
        const rows = single ? await world.readRows(owner) : await world.rows(owner);
        expect(rows).toEqual(world.expected());
      },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 3 }).map((turns) => ({
      name: `${turns} turns`,
      run: ({ world }: State) => world.turns(turns),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fault>('unavailable', 'lost-response', 'slow', 'slow').map((fault) => ({
      name: `faults: ${fault}`,
      run: async ({ world }: State) => {
        let calls = 0;
        world.fault = () => (++calls % 3 === 0 ? 'slow' : fault);
      },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      name: 'outage',
      run: async ({ owner, world }: State) => {
        const { fault } = world;
        world.fault = () => 'unavailable';
        await world.pass(owner, 1_000);
        world.fault = fault;
      },
    }),
  },
);

const oneOfFew = fc.tuple(
  fc.integer({ min: 20, max: 30 }).map((n) => String(100 + n)),
  fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined, freq: 1 }),
);

/** Steps that change, write and read the same few rows. */
export const fewRows: fc.Arbitrary<{ readonly name: string; readonly run: Step }> = fc.oneof(
  fc.array(oneOfFew, { minLength: 1, maxLength: 3 }).map((changes) => ({
    name: `change ${changes.length}`,
    run: async ({ owner, world }: State) => {
      await world.commit(owner, changes.filter(([id]) => id >= world.horizon) as Change[]);
    },
  })),
  fc.nat({ max: 12 }).map((turns) => ({
    name: `begin snapshot, ${turns} turns`,
    run: ({ owner, world }: State) => world.begin(owner, turns),
  })),
  fc.constant({
    name: 'read single rows',
    run: async ({ owner, world }: State) => expect(await world.readRows(owner)).toEqual(world.expected()),
  }),
);
