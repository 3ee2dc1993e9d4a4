import { checkOptions, type OptionChecks, option } from '@kstreams/core/graph';
import { type SeedReport, type SimulationOptions, simulationChecks } from './options.js';
import { Simulation } from './simulation.js';
import type { SimulatedTopology } from './topology.js';

/** The seeds to run: the first `n` from 1, or a range with both ends included. */
export type Seeds = number | { readonly from: number; readonly to: number };

/** The seeds of a simulation, and the options of each run. */
export interface SimulateOptions extends SimulationOptions {
  readonly seeds: Seeds;
}

const range = option.oneOf<Exclude<Seeds, number>>({
  from: option.required(option.whole(0)),
  to: option.required(option.whole(0)),
});

const checks: OptionChecks<SimulateOptions> = {
  ...simulationChecks,
  seeds: option.required(option.either(option.count, range)),
};

/**
 * Runs a topology in several simulated processes that share a log, once per seed, in virtual time. The seed draws the
 * faults: crashes between any two steps, stalls, lost partitions, refused commits and failing disks. Checks that no record is
 * lost, that none is read again after a clean close and that each task has one owner; with `exactly-once` also that output,
 * changelogs and state equal those of a run without faults. Returns one report per seed.
 *
 * @example
 * await simulate(shop, { seeds: 100, input: [[orders, 'ann', order, 0]] })
 *
 * @throws SimulationFailure for the first seed that breaks a guarantee, with its schedule. The same seed reproduces it.
 */
export const simulate = async (
  topology: SimulatedTopology,
  options: SimulateOptions,
): Promise<readonly SeedReport[]> => {
  checkOptions('simulate', options, checks);
  const { seeds, ...each } = options;
  const { from, to } = typeof seeds === 'number' ? { from: 1, to: seeds } : seeds;
  const reports: SeedReport[] = [];
  for (let seed = from; seed <= to; seed++) reports.push(await new Simulation(topology, each, seed).run());
  return reports;
};
