import { type Plan, planTopology, type Topology } from '@kstreams/core/graph';

/** A topology, or a chain that builds one. */
export type Buildable = Topology | { build(): Topology };

/**
 * The topology to simulate, or a function that creates one for each process. The seed decides when `pause` resolves: async
 * steps (`mapAsync` and the like) await it in place of a real call.
 */
export type SimulatedTopology = Buildable | ((pause: () => Promise<void>) => Buildable);

/** Returns the topology of one process. */
export const topologyWith = (topology: SimulatedTopology, pause: () => Promise<void>): Buildable =>
  typeof topology === 'function' ? topology(pause) : topology;

/** Returns the plan of a topology. Its pauses resolve at once. */
export const planOf = (topology: SimulatedTopology): Plan => {
  const made = topologyWith(topology, async () => {});
  return planTopology('build' in made ? made.build() : made);
};

/** True when a step of the plan is async. */
export const hasAsyncSteps = ({ subtopologies }: Plan): boolean =>
  subtopologies.some(({ nodes }) => nodes.some((node) => node.kind === 'processor' && node.async !== undefined));
