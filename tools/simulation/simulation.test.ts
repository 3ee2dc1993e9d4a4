import { expect, test } from '@jest/globals';
import { Random } from '@kstreams/simulation';
import { mutants } from './mutants/mutants.js';
import { runScenario } from './scenario.js';
import { generate } from './topologies/generate.js';

test('random topologies keep their promises', async () => {
  for (let seed = 1; seed <= 40; seed++) await runScenario(seed);
});

test('the generator makes topologies of every kind, and steps that wait before and behind what keeps state', () => {
  const names = Array.from({ length: 600 }, (_, seed) => generate(new Random(seed)).name);
  const kinds = [
    ['aggregate', 'groupBy', 'emit later', 'windowed count', 'tumbling', 'hopping', 'sliding', 'session', 'suppressed'],
    ['join (', 'outerJoin (', 'table with table', 'stream with table', 'foreign-key', 'global table'],
    ['timers on wall', 'timers on stream', 'schedule on wall', 'schedule on stream', 'repartition'],
    ['mapAsync', 'flatMapAsync', 'filterAsync', 'mapBatch', 'processAsync', 'by key', 'by partition', 'by none'],
  ].flat();
  for (const kind of kinds) expect(names.filter((name) => name.includes(kind)).length).toBeGreaterThan(0);
  expect(names.filter((name) => /(Async|Batch) by .*(aggregate|session).*(Async|Batch) by/.test(name))).not.toEqual([]);
});

test.each(mutants.filter(({ name }) => /begins|restored|revoked/.test(name)))('found: $name', async (mutant) => {
  const hunt = async (): Promise<void> => {
    for (let seed = 1; seed <= 1_000; seed++) await runScenario(seed, mutant);
  };
  await expect(hunt()).rejects.toThrow(/seed \d+/);
});
