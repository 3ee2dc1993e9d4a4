import { mayPend, type Plan, planTopology, type Topology } from '@kstreams/core/graph';

/** A topology, or a chain that builds one. */
export type Buildable = Topology | { build(): Topology };

/**
 * Creates the topology of one process. The seed decides when `pause` resolves: async steps (`mapAsync` and the like) await
 * it in place of a real call. It also decides when `load` resolves or rejects: serdes throw `Pending` with it in place of a
 * real load. Where the committed steps are replayed, `load` returns undefined: the value is loaded already.
 */
export type TopologyOfProcess = (pause: () => Promise<void>, load: () => Promise<void> | undefined) => Buildable;

/** The topology to simulate, or a function that creates one for each process. */
export type SimulatedTopology = Buildable | TopologyOfProcess;

/** Returns the topology of one process. */
export const topologyWith = (topology: SimulatedTopology, ...calls: Parameters<TopologyOfProcess>): Buildable =>
  typeof topology === 'function' ? topology(...calls) : topology;

/** Returns the plan of a topology. Its pauses resolve at once, and nothing has to be loaded. */
export const planOf = (topology: SimulatedTopology): Plan => {
  const made = topologyWith(
    topology,
    async () => {},
    () => undefined,
  );
  return planTopology('build' in made ? made.build() : made);
};

/** True when a step of the plan is async. */
export const hasAsyncSteps = ({ subtopologies }: Plan): boolean =>
  subtopologies.some(({ nodes }) => nodes.some((node) => node.kind === 'processor' && node.async !== undefined));

/** True when a source or a sink of the plan may have to wait for a value that its serde loads. */
export const hasPendingSerdes = ({ subtopologies }: Plan): boolean =>
  subtopologies.some(({ nodes }) =>
    nodes.some((node) => {
      if (node.kind === 'processor') return false;
      const others = node.kind === 'source' ? [...(node.valueByTopic?.values() ?? [])] : [];
      return [node.key, node.value, ...others].some(mayPend);
    }),
  );
