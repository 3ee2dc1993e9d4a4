import { describe, expect, test } from '@jest/globals';
import type { Edge, GraphNode } from '@kstreams/core';
import {
  keyValue,
  type Plan,
  type ProcessorNode,
  planTopology,
  type Serde,
  TopologyBuilder,
  topic,
} from '@kstreams/core';
import { bytes } from '@kstreams/serde';
import fc from 'fast-check';

const stores = Array.from({ length: 4 }, (_, at) => keyValue(`store-${at}`, { key: bytes, value: bytes }));

/** A random processor. Parents are numbers of earlier nodes; `cut` ones are reached through a topic. */
interface Step {
  readonly parents: readonly { readonly from: number; readonly cut: boolean }[];
  readonly stores: readonly number[];
  readonly copartitioned: boolean;
}

interface Written {
  readonly sources: readonly number[];
  readonly steps: readonly Step[];
  readonly sinks: readonly number[];
}

const written: fc.Arbitrary<Written> = fc
  .record({ sources: fc.integer({ min: 1, max: 4 }), steps: fc.integer({ min: 0, max: 12 }) })
  .chain(({ sources, steps }) =>
    fc.record({
      sources: fc.tuple(...Array.from({ length: sources }, () => fc.integer({ min: 1, max: 2 }))),
      steps: fc.tuple(
        ...Array.from({ length: steps }, (_, at) =>
          fc.record({
            parents: fc.uniqueArray(fc.record({ from: fc.nat(sources + at - 1), cut: fc.boolean() }), {
              minLength: 1,
              maxLength: 3,
              selector: ({ from }) => from,
            }),
            stores: fc.oneof(fc.constant([]), fc.uniqueArray(fc.nat(3), { maxLength: 2 })),
            copartitioned: fc.boolean(),
          }),
        ),
      ),
      sinks: fc.array(fc.nat(sources + steps - 1), { maxLength: 3 }),
    }),
  );

/** Returns a repartition edge with a separate serde, so that no two share a topic. */
const cutEdge = (from: string, by: string): Edge => {
  const name = `${by}-${from}`;
  const key: Serde<Uint8Array> = { ...bytes, name };
  return { by: 'repartition', from, repartition: { name, key, value: bytes, named: true } };
};

const write = ({ sources, steps, sinks }: Written): TopologyBuilder => {
  const builder = new TopologyBuilder('app');
  sources.forEach((topics, at) => {
    const list = Array.from({ length: topics }, (_, each) => topic(`t${at}-${each}`, { key: bytes, value: bytes }));
    builder.addSource(`n${at}`, list);
  });
  steps.forEach((step, at) => {
    const id = `n${sources.length + at}`;
    const node: ProcessorNode = {
      kind: 'processor',
      id,
      operator: 'step',
      inputs: step.parents.map(({ from, cut }) =>
        cut ? cutEdge(`n${from}`, id) : { by: 'pipeline', from: `n${from}` },
      ),
      stores: step.stores.map((store) => stores[store] as (typeof stores)[0]),
      key: 'changed',
      value: 'changed',
      copartitioned: step.copartitioned,
      open: () => [],
    };
    builder.append(node);
  });
  sinks.forEach((from, at) => {
    builder.addSink(`out${at}`, { parents: [`n${from}`], topic: topic(`out${at}`, { key: bytes, value: bytes }) });
  });
  return builder;
};

/** Returns a label per node: each starts with another one, and neighbours take the smaller one until none differs. */
const naiveComponents = (nodes: readonly GraphNode[]): ReadonlyMap<string, number> => {
  const labels = new Map(nodes.map(({ id }, at) => [id, at]));
  const pairs: [string, string][] = [];
  for (const node of nodes) {
    if (node.kind !== 'processor' && node.kind !== 'sink') continue;
    for (const edge of node.inputs) if (edge.by === 'pipeline') pairs.push([node.id, edge.from]);
    for (const other of nodes) {
      const both = node.kind === 'processor' && other.kind === 'processor';
      if (both && node.stores.some((spec) => other.stores.includes(spec))) pairs.push([node.id, other.id]);
    }
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const [one, other] of pairs) {
      const least = Math.min(labels.get(one) as number, labels.get(other) as number);
      changed ||= labels.get(one) !== least || labels.get(other) !== least;
      labels.set(one, least).set(other, least);
    }
  }
  return labels;
};

/** Returns the nearest topics above a node. */
const topicsAbove = (nodes: readonly GraphNode[], id: string): readonly string[] => {
  const node = nodes.find((one) => one.id === id) as GraphNode;
  if (node.kind === 'source') return node.topics as readonly string[];
  if (node.kind !== 'processor') return [];
  return node.inputs.flatMap((edge) =>
    edge.by === 'repartition' ? [`app-${edge.repartition.name}-repartition`] : topicsAbove(nodes, edge.from),
  );
};

/** Returns the groups: each topic's group grows by the steps that share a topic with it, until none grows. */
const naiveCopartitions = (nodes: readonly GraphNode[]): ReadonlySet<string> => {
  const joined = nodes
    .filter((node) => node.kind === 'processor' && node.copartitioned === true)
    .map(({ id }) => [...new Set(topicsAbove(nodes, id))])
    .filter(({ length }) => length > 1);
  const groupOf = (group: readonly string[]): string => {
    const sharing = joined.filter((topics) => topics.some((one) => group.includes(one))).flat();
    const grown = [...new Set([...group, ...sharing])].sort();
    return grown.length === group.length ? grown.join(' ') : groupOf(grown);
  };
  return new Set(joined.flat().map((one) => groupOf([one])));
};

const nodesOf = ({ subtopologies }: Plan): readonly GraphNode[] => subtopologies.flatMap(({ nodes }) => nodes);

const planned = (property: (nodes: readonly GraphNode[], plan: Plan) => void): void =>
  fc.assert(
    fc.property(written, (graph) => {
      const topology = write(graph).build();
      property(topology.nodes, planTopology(topology));
    }),
    { numRuns: 100 },
  );

describe('random graphs', () => {
  test('are divided into their connected components', () => {
    planned((nodes, plan) => {
      const labels = naiveComponents(nodesOf(plan));
      const components = new Set(labels.values());
      expect(plan.subtopologies).toHaveLength(components.size);
      for (const { nodes: members } of plan.subtopologies) {
        expect(new Set(members.map(({ id }) => labels.get(id))).size).toBe(1);
      }
      const ids = nodesOf(plan).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(expect.arrayContaining(nodes.map(({ id }) => id)));
    });
  });

  test('have one sub-topology for each source topic and for each store', () => {
    planned((_, { subtopologies }) => {
      const topics = subtopologies.flatMap(({ sources }) => sources.flatMap((source) => source.topics as string[]));
      expect(new Set(topics).size).toBe(topics.length);
      const kept = subtopologies.flatMap((one) => one.stores.map(({ name }) => name));
      expect(new Set(kept).size).toBe(kept.length);
    });
  });

  test('have one topic, one sink and one source for each repartition edge', () => {
    planned((nodes, plan) => {
      const edges = nodes.flatMap((node) =>
        node.kind === 'processor' ? node.inputs.flatMap((edge) => (edge.by === 'repartition' ? [edge] : [])) : [],
      );
      expect(plan.repartitions.map(({ name }) => name)).toEqual(edges.map(({ repartition }) => repartition.name));
      const all = nodesOf(plan);
      for (const { from, repartition } of edges) {
        const sink = all.find(({ id }) => id === `${repartition.name}-sink`);
        expect(sink).toMatchObject({ kind: 'sink', inputs: [{ by: 'pipeline', from }] });
        expect(all.find(({ id }) => id === `${repartition.name}-source`)).toMatchObject({
          kind: 'source',
          topics: [`app-${repartition.name}-repartition`],
        });
      }
      expect(all).toHaveLength(nodes.length + 2 * edges.length);
      const inputs = all.flatMap((node) => (node.kind === 'processor' ? node.inputs : []));
      expect(inputs.every(({ by }) => by === 'pipeline')).toBe(true);
    });
  });

  test('stay in topological order', () => {
    planned((_, { subtopologies }) => {
      for (const { nodes } of subtopologies) {
        const before = new Set<string>();
        for (const node of nodes) {
          if (node.kind !== 'source') for (const { from } of node.inputs) expect(before.has(from)).toBe(true);
          before.add(node.id);
        }
      }
    });
  });

  test('have the co-partition groups of a naive search', () => {
    planned((nodes, { describedCopartitionGroups }) => {
      expect(new Set(describedCopartitionGroups.map((group) => [...group].sort().join(' ')))).toEqual(
        naiveCopartitions(nodes),
      );
    });
  });

  test('do not depend on the order in which nodes were added', () => {
    fc.assert(
      fc.property(written, fc.infiniteStream(fc.nat()), (graph, choices) => {
        const { nodes } = write(graph).build();
        const shuffled = new TopologyBuilder('app');
        const left = [...nodes];
        while (left.length > 0) shuffled.append(left.splice(choices.next().value % left.length, 1)[0] as GraphNode);
        const sets = (plan: Plan) =>
          plan.subtopologies
            .map((one) =>
              one.nodes
                .map(({ id }) => id)
                .sort()
                .join(' '),
            )
            .sort();
        expect(sets(planTopology(shuffled.build()))).toEqual(sets(planTopology({ name: 'app', nodes })));
      }),
    );
  });
});

test('chains of 20,000 steps are built and divided, also when added backwards', () => {
  const builder = new TopologyBuilder('app');
  const length = 20_000;
  for (let at = length; at > 0; at--) {
    builder.addProcessor(`n${at}`, { parents: [`n${at - 1}`], processor: ({ forward }) => forward });
  }
  builder.addSource('n0', topic('in', { key: bytes, value: bytes }));
  const plan = planTopology(builder.build());
  expect(plan.subtopologies.map(({ nodes }) => nodes.length)).toEqual([length + 1]);
});
