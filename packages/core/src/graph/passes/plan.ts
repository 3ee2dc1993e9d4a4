import type { GlobalNode } from '../node.js';
import type { Plan, Topology } from '../topology.js';
import { checkInternalTopics } from './check-internal-topics.js';
import { checkNamed } from './check-names.js';
import { checkNodes } from './check-nodes.js';
import { checkStores } from './check-stores.js';
import { copartitionGroups } from './copartition.js';
import { cutRepartitions } from './cut-repartitions.js';
import { divideNodes } from './divide-subtopologies.js';
import { hoistRepartitions } from './hoist-repartitions.js';
import { resolveNodes } from './resolve-nodes.js';

/**
 * Returns the plan of a topology: resolves the stores of its nodes, cuts it at repartitions and divides it into
 * sub-topologies. The topology is not changed.
 *
 * @throws TopologyError when stores or repartitions share a name, a node uses an internal topic, or a required name is
 * missing.
 */
export const planTopology = (topology: Topology): Plan => {
  const nodes = cutRepartitions(topology.name, hoistRepartitions(resolveNodes(topology.nodes)));
  checkNodes(nodes);
  checkStores(nodes);
  const subtopologies = divideNodes(topology.name, nodes);
  if (topology.names === 'required') checkNamed({ subtopologies });
  checkInternalTopics(topology.name, nodes, subtopologies);
  return {
    name: topology.name,
    subtopologies,
    globals: nodes.filter((node): node is GlobalNode => node.kind === 'global'),
    repartitions: nodes.flatMap((node) => (node.kind === 'source' && node.repartition ? [node.repartition] : [])),
    describedCopartitionGroups: copartitionGroups(nodes, 'described'),
    copartitionGroups: copartitionGroups(nodes),
  };
};
