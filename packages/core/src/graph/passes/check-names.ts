import { TopologyError } from '../errors.js';
import type { NodeId } from '../node.js';
import type { Plan, Subtopology, TaskNode } from '../topology.js';

/** An unnamed store or repartition topic, with the nodes that use it; naming one of them names it. */
export interface Unnamed {
  readonly kind: 'store' | 'repartition';
  readonly name: string;
  readonly nodes: readonly NodeId[];
}

/** Returns the unnamed stores and repartition topics. A change of the topology may rename them, and their rows are lost. */
export const unnamedOf = ({ subtopologies }: Pick<Plan, 'subtopologies'>): readonly Unnamed[] =>
  subtopologies.flatMap(unnamedIn);

/** Refuses unnamed stores and repartition topics. */
export const checkNamed = (plan: Pick<Plan, 'subtopologies'>): void => {
  const unnamed = unnamedOf(plan);
  if (unnamed.length === 0) return;
  const list = unnamed.map(unnamedText).join('; ');
  throw new TopologyError(`names are required for stores and repartition topics: ${list}`);
};

/** Returns the advice to name a store or repartition topic. */
export const unnamedText = ({ kind, name, nodes }: Unnamed): string =>
  `${kind} ${name}: give ${nodes.join(' or ')} a name`;

/** Returns the unnamed in a sub-topology, without stores restored from a source topic: a new name loses no rows of theirs. */
const unnamedIn = ({ nodes, sources, stores }: Subtopology): readonly Unnamed[] => [
  ...sources.flatMap(({ id, repartition }): Unnamed[] =>
    repartition?.named === false ? [{ kind: 'repartition', name: repartition.name, nodes: readersOf(nodes, id) }] : [],
  ),
  ...stores
    .filter(({ named, sourceTopic }) => !named && sourceTopic === undefined)
    .map(
      (spec): Unnamed => ({
        kind: 'store',
        name: spec.name,
        nodes: nodes.flatMap((node) => (node.kind === 'processor' && node.stores.includes(spec) ? [node.id] : [])),
      }),
    ),
];

const readersOf = (nodes: readonly TaskNode[], from: NodeId): readonly NodeId[] =>
  nodes.filter((node) => node.kind !== 'source' && node.inputs.some((edge) => edge.from === from)).map(({ id }) => id);
