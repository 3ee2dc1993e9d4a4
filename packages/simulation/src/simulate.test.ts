import { expect, test } from '@jest/globals';
import { streams, topic } from '@kstreams/core';
import { json, nullable, string } from '@kstreams/serde';
import { expectExactSums, input, numbers, sums } from '../test/sums.js';
import { SimulationFailure, simulate } from './index.js';

test('a seed takes the same steps each time, and another seed takes other steps', async () => {
  const seeds = { from: 5, to: 7 };
  const [first, again] = [await simulate(sums(), { seeds, input }), await simulate(sums(), { seeds, input })];
  expect(first).toEqual(again);
  expect(new Set(first.map(({ hash }) => hash)).size).toBe(3);
});

test.each([1_000, 1_001, 1_002])('with exactly-once, sums are exact: seed %i', async (seed) => {
  await simulate(sums(), {
    seeds: { from: seed, to: seed },
    input,
    guarantee: 'exactly-once',
    check: expectExactSums,
  });
});

test.each([1, 2, 3])('without faults, no record is processed twice: seed %i', async (seed) => {
  await simulate(sums(), {
    seeds: { from: seed, to: seed },
    input,
    faults: [],
    check: (outcome) => {
      for (const record of outcome.read(numbers)) {
        expect(outcome.processed({ topic: 'numbers', ...record })).toBe(1);
      }
      expectExactSums(outcome);
    },
  });
});

test('a failed check fails its seed and shows the schedule', async () => {
  const check = () => {
    throw new Error('no outcome is good enough');
  };
  const failure = await simulate(sums(), { seeds: { from: 9, to: 9 }, input, check }).catch(
    (thrown: unknown) => thrown,
  );
  expect(failure).toBeInstanceOf(SimulationFailure);
  const { message, schedule, seed } = failure as SimulationFailure;
  expect(seed).toBe(9);
  expect(message).toMatch(/^seed 9 \(schedule [0-9a-f]{8}\): no outcome is good enough/);
  expect(schedule.at(0)).toMatch(/^\d+ world: /);
});

test('records without a key may go to other partitions after a restart', async () => {
  const unkeyed = topic('unkeyed', { key: nullable(string), value: json<number>() });
  const app = streams('unkeyed');
  app
    .stream(numbers)
    .selectKey(() => null)
    .to(unkeyed);
  await simulate(app, {
    seeds: { from: 1, to: 10 },
    input,
    guarantee: 'exactly-once',
    check: (outcome) => {
      const values = outcome.read(unkeyed).map(({ value }) => value);
      expect(values.sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(input.map(([, , value]) => value));
    },
  });
});
