import { planTopology } from '../passes/plan.js';
import type { Topology } from '../topology.js';
import { describePlan } from './describe-plan.js';
import { Description } from './description.js';

/**
 * Returns the description of a topology as it would run: with all stores and internal topics, in sub-topologies.
 *
 * @throws TopologyError when the topology cannot run.
 *
 * @example
 * console.log(String(describeTopology(topology)))
 */
export const describeTopology = (topology: Topology): Description =>
  new Description(describePlan(planTopology(topology)));
