import { expect, test } from '@jest/globals';
import { streams, topic } from '@kstreams/core';
import { json, string } from '@kstreams/serde';
import { allFaults, type Seams, type SimulatedInput, SimulationFailure, simulate } from './index.js';

const numbers = topic('numbers', { key: string, value: json<number>() });
const totals = topic('totals', { key: string, value: json<number>() });

const sums = () => {
  const app = streams('sums');
  app
    .stream(numbers)
    .groupByKey()
    .reduce((a, b) => a + b, { name: 'by-key' })
    .toStream()
    .to(totals);
  return app;
};

const input = Array.from({ length: 60 }, (_, i): SimulatedInput => [numbers, `k${i % 4}`, i, i * 10]);

test('a seed takes the same steps each time, another seed takes others', async () => {
  const seeds = { from: 5, to: 7 };
  const [first, again] = [await simulate(sums(), { seeds, input }), await simulate(sums(), { seeds, input })];
  expect(first).toEqual(again);
  expect(new Set(first.map(({ hash }) => hash)).size).toBe(3);
});

test('everything that can go wrong does, in some seed', async () => {
  const kinds = new Set<string>();
  for (let seed = 1; kinds.size < allFaults.length; seed++) {
    const seeds = { from: seed, to: seed };
    for (const { faults } of await simulate(sums(), { seeds, input, guarantee: 'exactly-once' })) {
      for (const kind of faults.keys()) kinds.add(kind);
    }
  }
});

test('exactly once, sums are exact whatever goes wrong', async () => {
  await simulate(sums(), {
    seeds: { from: 1_000, to: 1_040 },
    input,
    guarantee: 'exactly-once',
    check: (outcome) => {
      const last = new Map(outcome.read(totals).map(({ key, value }) => [key, value]));
      expect(last).toEqual(new Map([0, 1, 2, 3].map((i) => [`k${i}`, 15 * i + 4 * 105])));
    },
  });
});

test('where nothing goes wrong, nothing is processed twice', async () => {
  await simulate(sums(), {
    seeds: 20,
    input,
    faults: [],
    check: (outcome) => {
      for (const record of outcome.read(numbers)) {
        expect(outcome.processed({ topic: 'numbers', ...record })).toBe(1);
      }
      const last = new Map(outcome.read(totals).map(({ key, value }) => [key, value]));
      expect(last).toEqual(new Map([0, 1, 2, 3].map((i) => [`k${i}`, 15 * i + 4 * 105])));
    },
  });
});

test('a law of one’s own fails its seed, with the schedule that led there', async () => {
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

test('an application that breaks a promise is found', async () => {
  const around = (seams: Seams): Seams => ({
    ...seams,
    transport: {
      ...seams.transport,
      producer: async (options) => Object.assign(await seams.transport.producer(options), { flush: async () => {} }),
    },
  });
  await expect(simulate(sums(), { seeds: 1_000, input, around })).rejects.toThrow(SimulationFailure);
});
