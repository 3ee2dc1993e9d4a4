import type { GlobalNode } from '../node.js';
import type { Plan, Topology } from '../topology.js';
import { checkTopology } from './check.js';
import { copartitionGroups } from './copartition.js';
import { cutRepartitions } from './cut.js';
import { divideNodes } from './divide.js';
import { settleNodes } from './settle.js';

/**
 * Makes a topology ready to run: settles what each node keeps, cuts it at its repartitions, divides it into
 * sub-topologies. Pure: the topology stays as it was.
 */
export const planTopology = (topology: Topology): Plan => {
  const nodes = cutRepartitions(topology.name, settleNodes(topology.nodes));
  checkTopology(nodes);
  return {
    name: topology.name,
    subtopologies: divideNodes(nodes),
    globals: nodes.filter((node): node is GlobalNode => node.kind === 'global'),
    repartitions: nodes.flatMap((node) => (node.kind === 'source' && node.repartition ? [node.repartition] : [])),
    copartitions: copartitionGroups(nodes),
  };
};
