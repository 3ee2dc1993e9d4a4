/** A topology in several processes, with all that can go wrong, in virtual time. */
export { allFaults, type FaultKind } from './faults.js';
export type {
  Outcome,
  OutcomeRecord,
  SeedReport,
  SimulatedInput,
  SimulationOptions,
  TopicOf,
} from './options.js';
export { Random } from './random.js';
export { type Seeds, simulate } from './simulate.js';
export type { Seams } from './simulated-process.js';
export { SimulationFailure } from './simulation-failure.js';
export type { SimulatedTopology } from './topology.js';
