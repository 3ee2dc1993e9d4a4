import { TopologyError } from '../errors.js';
import type { NodeId } from '../node.js';
import type { Plan, Subtopology, TaskNode } from '../topology.js';

/** A store or a repartition topic to be named, and the nodes that keep or read it: where to give the name. */
export interface Unnamed {
  readonly kind: 'store' | 'repartition';
  readonly name: string;
  readonly nodes: readonly NodeId[];
}

/** What outlives the process and was left unnamed: a change of the topology may rename it and lose what it holds. */
export const unnamedOf = ({ subtopologies }: Pick<Plan, 'subtopologies'>): readonly Unnamed[] =>
  subtopologies.flatMap(unnamedIn);

/** Refuses what outlives the process and was left unnamed. */
export const checkNamed = (plan: Pick<Plan, 'subtopologies'>): void => {
  const unnamed = unnamedOf(plan);
  if (unnamed.length === 0) return;
  const list = unnamed.map(unnamedText).join('; ');
  throw new TopologyError(`what outlives the process must be named here, and some of it is not: ${list}`);
};

/** What is unnamed, and where to name it. */
export const unnamedText = ({ kind, name, nodes }: Unnamed): string =>
  `${kind} ${name}: give ${nodes.join(' or ')} a name`;

/** A store that a topic of the user's restores loses nothing by a new name, so it is not counted here. */
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
