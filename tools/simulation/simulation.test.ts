import { expect, test } from '@jest/globals';
import { Random } from '@kstreams/testing';
import { mutants } from './mutants.js';
import { runScenario } from './scenario.js';
import { generate } from './topologies.js';

test('random topologies keep their promises', async () => {
  for (let seed = 1; seed <= 40; seed++) await runScenario(seed);
});

test('the generator makes topologies of every kind', () => {
  const kinds = new Set(Array.from({ length: 200 }, (_, seed) => generate(new Random(seed)).name.split(' → ').at(-1)));
  for (const kind of ['to', 'aggregate', 'count', 'table with table', 'stream with table', 'windowed count']) {
    expect([...kinds]).toContain(kind);
  }
});

test.each(mutants.filter(({ name }) => /begins|restored|revoked/.test(name)))('found: $name', async (mutant) => {
  const hunt = async (): Promise<void> => {
    for (let seed = 1; seed <= 1_000; seed++) await runScenario(seed, mutant);
  };
  await expect(hunt()).rejects.toThrow(/seed \d+/);
});
