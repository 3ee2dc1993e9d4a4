import { expect, test } from '@jest/globals';
import { mutants } from './mutants/mutants.js';
import { runScenario } from './scenario.js';

test.each(Array.from({ length: 40 }, (_, i) => i + 1))(
  'a random topology keeps its guarantees: seed %i',
  async (seed) => {
    await runScenario(seed);
  },
);

test.each([504, 1103, 2818, 2982, 4435, 9278, 9397, 9466])(
  'a random topology whose ends of rows or joins differed after a restart keeps its guarantees: seed %i',
  async (seed) => {
    await runScenario(seed);
  },
);

test.each([6972])('a close that writes large snapshots ends: seed %i', async (seed) => {
  await runScenario(seed);
});

test.each(mutants)('finds the bug: $name', async (mutant) => {
  const hunt = async (): Promise<void> => {
    for (let seed = 1; seed <= 1_000; seed++) await runScenario(seed, mutant);
  };
  await expect(hunt()).rejects.toThrow(/seed \d+/);
});
