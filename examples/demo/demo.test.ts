import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { embedded, type Transport } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { deleteTopics, readAirports, readFlights } from './input.js';
import { type Ranked, runDemo } from './run.js';
import type { Flight } from './topology.js';

const folder = await mkdtemp(join(tmpdir(), 'kstreams-demo-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Computes the same figures with a plain loop over the file. */
const expectedRanking = (flights: readonly Flight[]) => {
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

/** Runs the demo twice, the second time with one more flight. */
const runTwice = async (where: string, transport: () => Transport): Promise<readonly Ranked[]> => {
  const all = readFlights();
  const first = await runDemo(where, { transport: transport() });
  expect(first).toMatchObject({ processed: all.length, restored: 0, resumed: false });
  expect(first.ranking).toEqual(expectedRanking(all));

  const late: Flight = { date: '2001/02/03 04:05', delay: 600, origin: 'SFO', destination: 'LAX' };
  const second = await runDemo(where, { transport: transport(), added: [late] });
  expect(second).toMatchObject({ processed: 1, restored: 0, resumed: true });
  expect(second.ranking).toEqual(expectedRanking([...all, late]));
  return second.ranking;
};

test('the figures equal a plain computation, and a second run processes only new flights', async () => {
  await runTwice(`${folder}/embedded`, () => embedded({ folder: `${folder}/embedded/log` }));
});

describeWith('kafka', 'the demo on Kafka', (brokers) => {
  test('the figures and the second run are the same on Kafka, and lost state is restored', async () => {
    const transport = () => kafka({ brokers });
    const admin = transport();
    await deleteTopics(admin);
    await admin.close();
    const ranking = await runTwice(`${folder}/kafka`, transport);

    const elsewhere = await runDemo(`${folder}/elsewhere`, { transport: transport() });
    expect(elsewhere.processed).toBe(0);
    expect(elsewhere.restored).toBeGreaterThan(1_000);
    expect(elsewhere.ranking).toEqual(ranking);
  });
});
