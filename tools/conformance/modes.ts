import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { level } from '@kstreams/level';
import type { Case } from './case.js';
import { AppEngine } from './engines/app.js';
import { driverEngine } from './engines/driver.js';
import { judgeCase } from './judge-case.js';
import { hasConvergingTopics, isPartitionable, judgeLastValues } from './judge-last-values.js';
import type { Outcome } from './outcome.js';
import { inMemory, namedStates } from './states.js';

/** A mode of running cases. */
export interface Mode {
  readonly name: string;
  /** True for the cases that the mode covers. */
  readonly takes: (one: Case) => boolean;
  readonly judge: (one: Case) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}

const plain = { takes: () => true, close: async () => {} };

/** In the test driver, with everything in memory. */
export const driverMode = (): Mode => ({
  ...plain,
  name: 'driver',
  judge: (one) => judgeCase(one, (opened) => driverEngine(opened)),
});

/** In the test driver, on Level: commits after every record, and reads nearly everything from the backend. */
export const levelMode = async (): Promise<Mode> => {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  const bytes = await level().open(folder);
  return {
    ...plain,
    name: 'level',
    judge: async (one) => {
      await bytes.clear(Uint8Array.of(), Uint8Array.of(255));
      return judgeCase(one, (opened) => driverEngine(opened, bytes));
    },
    close: async () => {
      await bytes.close();
      await rm(folder, { recursive: true });
    },
  };
};

/**
 * In the whole runtime on the embedded log, closed and reopened at seeded points, with state of a kind. Compares only the last
 * value of each key if records meet again through two topics.
 */
export const runtimeMode = (seed: string, states = inMemory(), name = 'runtime'): Mode => ({
  name,
  takes: () => true,
  judge: async (one) => {
    const exact = await judgeCase(one, (opened) =>
      AppEngine.open(opened, { partitions: 1, reopens: reopenProbability(one), seed, states }),
    );
    const converge = exact.result === 'differ' && hasConvergingTopics(one);
    return converge ? judgeLastValues(one, { partitions: 1, seed, states }) : exact;
  },
  close: () => states.close(),
});

/** In the whole runtime, with the state of a name. */
export const stateMode = async (state: string, seed: string): Promise<Mode> => {
  const open = namedStates[state];
  if (open === undefined) {
    throw new RangeError(`--state ${state} is none of ${Object.keys(namedStates).join(', ')}`);
  }
  return runtimeMode(seed, await open(), `runtime on ${state}`);
};

/** The probability of a reopen before a step; 0 for cases with schedules, which restart whenever a task opens. */
const reopenProbability = ({ topology }: Case): number => (topology.some(({ op }) => op === 'punctuate') ? 0 : 0.1);

/** In the whole runtime with several partitions: compares the last value of each key. */
export const partitionedMode = (partitions: number, seed: string): Mode => ({
  ...plain,
  name: `${partitions} partitions`,
  takes: isPartitionable,
  judge: (one) => judgeLastValues(one, { partitions, seed, states: inMemory() }),
});
