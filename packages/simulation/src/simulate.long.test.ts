import { expect, test } from '@jest/globals';
import { expectExactSums, input, sums, sumsOfLoaded } from '../test/sums.js';
import { allFaults, type Seams, SimulationFailure, simulate } from './index.js';

const options = (seed: number) =>
  ({
    seeds: { from: seed, to: seed },
    input,
    guarantee: 'exactly-once',
    onError: () => ({ retryAfter: 10 }),
    remoteState: { memory: 4_000, latency: 20 },
    check: expectExactSums,
  }) as const;

test('every kind of fault strikes in some seed', async () => {
  const kinds = new Set<string>();
  for (let seed = 1; kinds.size < allFaults.length; seed++) {
    for (const { faults } of await simulate((_, load) => sumsOfLoaded(load), options(seed))) {
      for (const kind of faults.keys()) kinds.add(kind);
    }
  }
});

test('with exactly-once, sums are exact under every kind of fault', async () => {
  await simulate(sums(), {
    seeds: { from: 1_000, to: 1_040 },
    input,
    guarantee: 'exactly-once',
    check: expectExactSums,
  });
});

test('without faults, sums are exact with at-least-once', async () => {
  await simulate(sums(), { seeds: 20, input, faults: [], check: expectExactSums });
});

test('finds an application that commits offsets before its output', async () => {
  const around = (seams: Seams): Seams => ({
    ...seams,
    transport: {
      ...seams.transport,
      producer: async (options) => Object.assign(await seams.transport.producer(options), { flush: async () => {} }),
    },
  });
  await expect(simulate(sums(), { seeds: 1_000, input, around })).rejects.toThrow(SimulationFailure);
});
