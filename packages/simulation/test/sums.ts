/** A topology that sums numbers by key, with its input and expected output. */
import { expect } from '@jest/globals';
import { streams, topic } from '@kstreams/core';
import { Pending, type Serde } from '@kstreams/core/graph';
import { json, string } from '@kstreams/serde';
import type { Outcome, SimulatedInput } from '../src/index.js';

export const numbers = topic('numbers', { key: string, value: json<number>() });
const totals = topic('totals', { key: string, value: json<number>() });

/** Returns a new topology. */
export const sums = () => {
  const app = streams('sums');
  app
    .stream(numbers)
    .groupByKey()
    .reduce((a, b) => a + b, { name: 'by-key' })
    .toStream()
    .to(totals);
  return app;
};

/** Returns a new topology with a serde that waits once for a value. */
export const sumsOfLoaded = (load: () => Promise<void> | undefined) => {
  let loaded = false;
  const plain = json<number>();
  const value: Serde<number> = {
    ...plain,
    decode: (bytes, at) => {
      const until = loaded ? undefined : load();
      if (until !== undefined) throw new Pending(until.then(() => void (loaded = true)));
      return plain.decode(bytes, at);
    },
    prefetch: () => undefined,
  };
  const app = streams('sums');
  app
    .stream(topic('numbers', { key: string, value }))
    .groupByKey()
    .reduce((a, b) => a + b, { name: 'by-key', value: plain })
    .toStream()
    .to(totals);
  return app;
};

export const input = Array.from({ length: 60 }, (_, i): SimulatedInput => [numbers, `k${i % 4}`, i, i * 10]);

/** Expects that the last total of each key counts every number once. */
export const expectExactSums = (outcome: Outcome): void => {
  const last = new Map(outcome.read(totals).map(({ key, value }) => [key, value]));
  expect(last).toEqual(new Map([0, 1, 2, 3].map((i) => [`k${i}`, 15 * i + 4 * 105])));
};
