import { planTopology } from '../passes/plan.js';
import type { Topology } from '../topology.js';
import { describePlan } from './describe-plan.js';
import { Description } from './description.js';

/**
 * Describes a topology as it would run: settled, cut at its repartitions, divided into sub-topologies.
 *
 * @throws TopologyError when it could not run.
 *
 * @example
 * console.log(String(describeTopology(topology)))
 */
export const describeTopology = (topology: Topology): Description =>
  new Description(describePlan(planTopology(topology)));
