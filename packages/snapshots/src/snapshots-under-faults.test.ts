/** Rows equal the changelog's after any failures of processes, of their disks, and of the bucket, also while they are loaded. */
import { expect, test } from '@jest/globals';
import { memoryStore } from '@kstreams/stores';
import fc from 'fast-check';
import { fewRows, type State, steps } from '../test/steps.js';
import { World } from '../test/world.js';

/** Expects that each snapshot with all of its segments has the rows of the changelog before its position. */
const expectWholeSnapshots = async (world: World): Promise<void> => {
  for (const { position } of await world.snapshots()) {
    const one = await world.start(memoryStore(), position.offset);
    expect(await world.rows(one)).toEqual(world.expected(position.offset));
  }
};

/** Runs any steps, and compares the rows of the last owner and of all snapshots. Returns the world. */
const run = async (world: World, all: readonly { run: (state: State) => Promise<void> }[]): Promise<State> => {
  world.fault = () => 'slow';
  const state: State = { world, owner: await world.start(), former: undefined };
  for (const step of all) await step.run(state);
  world.fault = () => undefined;
  await world.pass(state.owner, 60_000);
  expect(await world.rows(state.owner)).toEqual(world.expected());
  const last = await world.start();
  expect(await world.rows(last)).toEqual(world.expected());
  await expectWholeSnapshots(world);
  return state;
};

const anySteps = fc.array(steps, { minLength: 5, maxLength: 40, size: 'max' });
const stepsOfFewRows = fc.array(fc.oneof(steps, fewRows), { minLength: 10, maxLength: 60, size: 'max' });

test('rows equal those of the changelog after any crashes, moves and failures', async () => {
  const counts = { loaded: 0, waited: 0, mended: 0, continued: 0 };
  const law = fc.asyncProperty(anySteps, async (all) => {
    const { world } = await run(new World(), all);
    for (const what of Object.keys(counts) as (keyof typeof counts)[]) counts[what] += world[what];
  });
  // A fixed seed: other runs might meet too few of what is counted below.
  await fc.assert(law, { seed: 1, numRuns: 30, endOnFailure: true });
  expect(Object.values(counts).map((count) => count > 5)).toEqual([true, true, true, true]);
});

test('rows equal those of the changelog where local rows have a bound, after any drops', async () => {
  const counts = { loaded: 0, waited: 0, outages: 0, continued: 0, dropped: 0 };
  const law = fc.asyncProperty(stepsOfFewRows, fc.constantFrom(30, 100, 300), async (all, disk) => {
    const { owner, world } = await run(new World({ disk, reads: disk / 10 }), all);
    if (world.expected().size > (await world.localRows(owner))) counts.dropped++;
    for (const what of ['loaded', 'waited', 'outages', 'continued'] as const) counts[what] += world[what];
  });
  // A fixed seed: other runs might meet too few of what is counted below.
  await fc.assert(law, { seed: 1, numRuns: 30, endOnFailure: true });
  expect(Object.values(counts).map((count) => count > 5)).toEqual([true, true, true, true, true]);
});
