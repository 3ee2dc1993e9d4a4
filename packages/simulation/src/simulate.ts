import type { SeedReport, SimulationOptions } from './options.js';
import { Simulation } from './simulation.js';
import type { SimulatedTopology } from './topology.js';

/** Which seeds to run: so many from 1 on, or from one to another, both included. */
export type Seeds = number | { readonly from: number; readonly to: number };

/**
 * Runs a topology in several simulated processes that share a log, once for each seed, and lets go wrong what the seed
 * decides: crashes between any two steps, stalls, lost partitions, refused commits, disks that fail. Then checks what was
 * promised: nothing lost, nothing read twice after a clean close, each task owned once; with `exactly-once` also that
 * output, changelogs and state are those of the committed work done once. No real time passes.
 *
 * @example
 * await simulate(shop, { seeds: 100, input: [[orders, 'ann', order, 0]] })
 *
 * @throws SimulationFailure at the first seed that breaks a law, with its schedule; the same seed breaks it again.
 */
export const simulate = async (
  topology: SimulatedTopology,
  { seeds, ...options }: SimulationOptions & { readonly seeds: Seeds },
): Promise<readonly SeedReport[]> => {
  const { from, to } = typeof seeds === 'number' ? { from: 1, to: seeds } : seeds;
  const reports: SeedReport[] = [];
  for (let seed = from; seed <= to; seed++) reports.push(await new Simulation(topology, options, seed).run());
  return reports;
};
