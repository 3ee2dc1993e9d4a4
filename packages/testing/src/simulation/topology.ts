import { type Plan, planTopology } from '@kstreams/core';
import type { Testable } from '../test-driver-options.js';

/**
 * What is simulated: a topology, or a function that makes one for each process. `pause` resolves when the seed decides:
 * steps that wait (`mapAsync` and its kin) wait for it in place of anything real.
 */
export type SimulatedTopology = Testable | ((pause: () => Promise<void>) => Testable);

/** The topology of a process with its pauses. */
export const topologyWith = (topology: SimulatedTopology, pause: () => Promise<void>): Testable =>
  typeof topology === 'function' ? topology(pause) : topology;

/** A topology made ready to run, whose pauses are over at once. */
export const planOf = (topology: SimulatedTopology): Plan => {
  const made = topologyWith(topology, async () => {});
  return planTopology('build' in made ? made.build() : made);
};

/** Whether anything in it waits. */
export const waits = ({ subtopologies }: Plan): boolean =>
  subtopologies.some(({ nodes }) => nodes.some((node) => node.kind === 'processor' && node.async !== undefined));
