/**
 * Deterministic simulation of a topology in several processes, with seeded faults, in virtual time.
 *
 * @module @kstreams/simulation
 */

export type {
  Outcome,
  OutcomeRecord,
  SeedReport,
  SimulatedInput,
  SimulationOptions,
  TopicOf,
} from './options.js';
export type { RemoteState } from './process/disk.js';
export type { Seams } from './process/simulated-process.js';
export { allFaults, type FaultKind } from './schedule/faults.js';
export { Random } from './schedule/random.js';
export { type Seeds, simulate } from './simulate.js';
export { SimulationFailure } from './simulation-failure.js';
export type { Buildable, SimulatedTopology, TopologyOfProcess } from './topology.js';
