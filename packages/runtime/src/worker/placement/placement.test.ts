import { expect, test } from '@jest/globals';
import { planTopology, streams, type TopicPartition, topic } from '@kstreams/core';
import { string } from '@kstreams/serde';
import { ModelGroup } from '@kstreams/test-support/model-group';
import fc from 'fast-check';
import { type Assignment, assignmentOf } from '../topics/assignment.js';
import { Placement } from './placement.js';

const serdes = { key: string, value: string };

/** Returns a plan with one table per count: sub-topologies with as many stateful tasks. */
const tables = (counts: readonly number[]) => {
  const app = streams('app');
  counts.forEach((_, i) => {
    app.table(topic(`t${i}`, serdes), { name: `t${i}` });
  });
  return planTopology(app.build());
};

const assignmentFor = (counts: readonly number[]): Assignment =>
  assignmentOf(
    tables(counts),
    new Map(
      counts.map((partitions, i) => {
        const name = `t${i}`;
        return [name, { name, partitions, cleanup: 'compact' }] as const;
      }),
    ),
  );

const slotsOf = ({ layout }: Assignment): number => layout?.slots ?? 0;

/** Returns a modelled group whose members place the tasks of sub-topologies with these numbers of partitions. */
const groupOf = (counts: readonly number[]) => {
  const assignment = assignmentFor(counts);
  const holders = new Map<string, Set<string>>();
  const clashes: string[] = [];
  let moved = 0;
  const group = new ModelGroup<Placement>('app-placement', slotsOf(assignment), (id, consumer) => {
    const placement = new Placement({ assignment: () => assignment, consumer, owner: id });
    const mine = new Set<string>();
    holders.set(id, mine);
    const name = ({ topic: of, partition }: TopicPartition) => `${of}/${partition}`;
    return {
      placement,
      take: async (partitions) => {
        for (const one of (await placement.take(partitions)).map(name)) {
          for (const [other, held] of holders) if (other !== id && held.has(one)) clashes.push(one);
          mine.add(one);
          moved++;
        }
      },
      leave: async (partitions) => {
        const departure = await placement.leave(partitions);
        return {
          complete: async () => {
            await departure.complete();
            for (const one of departure.partitions.map(name)) mine.delete(one);
          },
        };
      },
    };
  });
  const difference = (of: (held: ReadonlySet<string>) => number): number => {
    const sizes = [...holders.values()].map(of);
    return Math.max(...sizes) - Math.min(...sizes);
  };
  return {
    group,
    clashes,
    crash: async (...ids: readonly string[]) => {
      for (const id of ids) holders.delete(id);
      await group.crash(...ids);
    },
    /** The ids of all tasks that members hold. */
    held: () => [...holders.values()].flatMap((held) => [...held]).sort(),
    of: (id: string) => [...(holders.get(id) ?? [])].sort(),
    moves: () => moved,
    unevenInTotal: () => difference((held) => held.size),
    /** The largest difference between two members in the tasks of one sub-topology. */
    uneven: () =>
      Math.max(
        ...counts.map((_, i) => difference((held) => [...held].filter((one) => one.startsWith(`t${i}/`)).length)),
      ),
  };
};

/** The numbers of partitions of one to four sub-topologies. */
const shapes = fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 4 });
/** Joins and leaves: `true` adds a member, a number removes the member at that place. */
const histories = fc.array(fc.oneof(fc.constant(true as const), fc.nat(4)), { minLength: 1, maxLength: 12 });

const allOf = (counts: readonly number[]): string[] =>
  counts.flatMap((count, i) => Array.from({ length: count }, (_, partition) => `t${i}/${partition}`)).sort();

/** Applies a history to a group of one to five members. Calls `check` after each step with the tasks that it moved. */
const play = async (
  group: ReturnType<typeof groupOf>,
  history: readonly (true | number)[],
  name: (step: number) => string,
  check: (moved: number, expected: number) => void,
): Promise<void> => {
  const ids = [name(-1)];
  await group.group.join(...ids);
  for (const [step, action] of history.entries()) {
    const before = group.moves();
    const tasks = group.held().length;
    if (action === true ? ids.length < 5 : ids.length === 1) {
      ids.push(name(step));
      await group.group.join(name(step));
      check(group.moves() - before, Math.floor(tasks / ids.length));
    } else {
      const [gone = ''] = ids.splice(action === true ? 0 : action % ids.length, 1);
      const lost = group.of(gone).length;
      await group.crash(gone);
      check(group.moves() - before, lost);
    }
  }
};

/** Spreads member ids over the alphabet, as the random ids of a broker are. */
const spread = (step: number): string => `m${(Math.imul(step + 7, 2_654_435_761) >>> 0).toString(36)}`;

test('every task has one owner, totals differ by at most one, and no task moves without need', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, histories, async (counts, history) => {
      const group = groupOf(counts);
      await play(group, history, spread, (moved, needed) => {
        expect(group.held()).toEqual(allOf(counts));
        expect(group.clashes).toEqual([]);
        expect(group.unevenInTotal()).toBeLessThanOrEqual(1);
        expect(moved).toBe(needed);
      });
    }),
  );
});

test('in a fresh group the tasks of every sub-topology differ by at most one', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.integer({ min: 1, max: 5 }), async (counts, size) => {
      const group = groupOf(counts);
      await group.group.join(...Array.from({ length: size }, (_, i) => spread(i)));
      expect(group.uneven()).toBeLessThanOrEqual(1);
    }),
  );
});

test('while members join one by one, the tasks of every sub-topology differ by at most two', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.integer({ min: 1, max: 5 }), fc.nat(1_000), async (counts, size, from) => {
      const group = groupOf(counts);
      for (let i = 0; i < size; i++) {
        await group.group.join(spread(from + i));
        expect(group.uneven()).toBeLessThanOrEqual(2);
      }
    }),
  );
});

test('after the next crash the tasks of every sub-topology differ by at most two', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.integer({ min: 2, max: 5 }), fc.nat(4), async (counts, size, gone) => {
      const group = groupOf(counts);
      await group.group.join(...Array.from({ length: size }, (_, i) => spread(i)));
      await group.crash(spread(gone % size));
      expect(group.uneven()).toBeLessThanOrEqual(2);
    }),
  );
});

test('after random joins and crashes the tasks of a sub-topology rarely differ by more than two', async () => {
  let [steps, wide, worst] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(shapes, histories, async (counts, history) => {
      const group = groupOf(counts);
      await play(group, history, spread, () => {
        steps++;
        if (group.uneven() > 2) wide++;
        worst = Math.max(worst, group.uneven());
      });
    }),
    { seed: 1, numRuns: 300 },
  );
  expect(wide / steps).toBeLessThan(0.03);
  expect(worst).toBeLessThanOrEqual(4);
});
