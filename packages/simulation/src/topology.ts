import { type Plan, planTopology, type Topology } from '@kstreams/core/graph';

/** A topology, or a chain that builds one. */
export type Buildable = Topology | { build(): Topology };

/**
 * The topology to simulate, or a function that creates one for each process. The seed decides when `pause` resolves: async
 * steps (`mapAsync` and the like) await it in place of a real call.
 */
export type SimulatedTopology = Buildable | ((pause: () => Promise<void>) => Buildable);

/** The topology of a process with its pauses. */
export const topologyWith = (topology: SimulatedTopology, pause: () => Promise<void>): Buildable =>
  typeof topology === 'function' ? topology(pause) : topology;

/** A topology made ready to run, whose pauses are over at once. */
export const planOf = (topology: SimulatedTopology): Plan => {
  const made = topologyWith(topology, async () => {});
  return planTopology('build' in made ? made.build() : made);
};

/** Whether anything in it waits. */
export const waits = ({ subtopologies }: Plan): boolean =>
  subtopologies.some(({ nodes }) => nodes.some((node) => node.kind === 'processor' && node.async !== undefined));
