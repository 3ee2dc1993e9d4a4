import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readAirports, readFlights } from './input.js';
import { runDemo } from './run.js';
import type { Flight } from './topology.js';

const folder = await mkdtemp(join(tmpdir(), 'kstreams-demo-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The same figures by a plain loop over the file. */
const plainly = (flights: readonly Flight[]) => {
  const airports = readAirports();
  const states = new Map<string, number[]>();
  for (const { origin, delay } of flights) {
    const state = airports.get(origin)?.state;
    if (state !== undefined) states.set(state, [...(states.get(state) ?? []), delay]);
  }
  return [...states]
    .map(([state, all]) => ({
      state,
      flights: all.length,
      mean: all.reduce((sum, delay) => sum + delay, 0) / all.length,
      worst: Math.max(...all),
    }))
    .sort((a, b) => b.mean - a.mean || (a.state < b.state ? -1 : 1));
};

test('the figures are those of a plain computation; a second run processes only what is new', async () => {
  const flights = readFlights();
  const first = await runDemo(folder);
  expect(first).toMatchObject({ processed: flights.length, restored: 0, resumed: false });
  expect(first.ranking).toEqual(plainly(flights));

  const late: Flight = { date: '2001/02/03 04:05', delay: 600, origin: 'SFO', destination: 'LAX' };
  const second = await runDemo(folder, { added: [late] });
  expect(second).toMatchObject({ processed: 1, restored: 0, resumed: true });
  expect(second.ranking).toEqual(plainly([...flights, late]));
});
