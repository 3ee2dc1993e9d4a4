import { expect, test } from '@jest/globals';
import { Random } from '@kstreams/simulation';
import { runScenario } from './scenario.js';
import { generate } from './topologies/generate.js';

test.each([1, 2, 3])('a random topology keeps its guarantees: seed %i', async (seed) => {
  await runScenario(seed);
});

test('generates topologies of every kind, with async steps before and after stateful steps', () => {
  const names = Array.from({ length: 600 }, (_, seed) => generate(new Random(seed)).name);
  const kinds = [
    ['aggregate', 'groupBy', 'emit later', 'windowed count', 'tumbling', 'hopping', 'sliding', 'session', 'suppressed'],
    ['join (', 'outerJoin (', 'table with table', 'stream with table', 'foreign-key', 'global table', 'tables'],
    ['timers on wall', 'timers on stream', 'timers on commit', 'schedule on wall', 'schedule on stream', 'repartition'],
    ['mapAsync', 'flatMapAsync', 'filterAsync', 'mapBatch', 'processAsync', 'by key', 'by partition', 'by none'],
  ].flat();
  for (const kind of kinds) expect(names.filter((name) => name.includes(kind)).length).toBeGreaterThan(0);
  expect(names.filter((name) => /(Async|Batch) by .*(aggregate|session).*(Async|Batch) by/.test(name))).not.toEqual([]);
});
