import type { Guarantee } from '@kstreams/runtime';
import type { Random } from '../schedule/random.js';
import type { SimulatedRun } from './simulated-process.js';

/** Draws run options that make many commits, workers and rebalances happen in little time. */
export const runOptions = (random: Random, guarantee: Guarantee): SimulatedRun & { readonly members: boolean } => ({
  guarantee,
  commitInterval: random.pick([0, 10, 50, 200]),
  transactionTimeout: random.pick([500, 1_000]),
  liveLimit: random.pick([1, 4, 10_000]),
  workers: random.pick([1, 1, 2]),
  workerFailure: random.pick(['close', 'replace']),
  maxTaskIdle: random.pick([0, 0, 20]),
  purgeInterval: random.pick([0, 100, 30_000]),
  members: random.chance(0.3),
});
