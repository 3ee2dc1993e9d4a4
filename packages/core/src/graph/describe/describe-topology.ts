import { match } from 'ts-pattern';
import type { AsyncStage } from '../async-stage.js';
import {
  changelogConfig,
  changelogTopic,
  placementTopic,
  repartitionConfig,
  repartitionTopic,
  sinkTopic,
  tasksConfig,
} from '../internal-topics.js';
import type { Edge, NodeId } from '../node.js';
import { unnamedOf } from '../passes/check-names.js';
import { planTopology } from '../passes/plan.js';
import type { AnyStoreSpec } from '../store.js';
import type { Plan, TaskNode, Topology } from '../topology.js';
import type {
  DescribedCalls,
  DescribedChangelog,
  DescribedNode,
  DescribedStore,
  DescribedTopic,
  DescribedTopology,
} from './described-topology.js';
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

/** Returns the description of a plan: names in place of functions and serdes, and full names of topics. */
const describePlan = (plan: Plan): DescribedTopology => {
  const placement = placementTopic(plan);
  const subtopologies = plan.subtopologies.map(({ id, nodes, stores }) => ({
    id,
    nodes: nodes.map((node) => describeNode(plan.name, node)),
    stores: stores.map((spec) => describeStore(plan.name, spec)),
  }));
  return {
    name: plan.name,
    subtopologies,
    globalTables: plan.globals.map(({ id, topic, store }) => ({ id, topic, store: describeStore(plan.name, store) })),
    internalTopics: [
      ...plan.repartitions.map(
        (repartition): DescribedTopic => ({
          kind: 'repartition',
          name: repartitionTopic(plan.name, repartition),
          named: repartition.named,
          partitions: typeof repartition.partitions === 'number' ? repartition.partitions : null,
          config: repartitionConfig,
        }),
      ),
      ...subtopologies.flatMap(({ stores }) => stores.flatMap(changelogOf)),
      ...plan.subtopologies.flatMap(({ tasksTopic: name }): DescribedTopic[] =>
        name === undefined ? [] : [{ kind: 'tasks', name, named: true, partitions: null, config: tasksConfig }],
      ),
      ...(placement === undefined
        ? []
        : [{ kind: 'placement', name: placement, named: true, partitions: null, config: tasksConfig } as const]),
    ],
    copartitionGroups: plan.describedCopartitionGroups,
    unnamed: unnamedOf(plan),
  };
};

const describeNode = (application: string, node: TaskNode): DescribedNode =>
  match(node)
    .with({ kind: 'source' }, ({ kind, id, topics, key, value, valueByTopic }) => ({
      kind,
      id,
      topics: topics instanceof RegExp ? { pattern: String(topics) } : topics,
      key: key.name,
      value: [...new Set([value, ...(valueByTopic?.values() ?? [])].map(({ name }) => name))].join(' or '),
    }))
    .with({ kind: 'processor' }, ({ kind, id, operator, inputs, stores, async }) => ({
      kind,
      id,
      operator,
      parents: readBy(inputs, 'pipeline'),
      lookups: readBy(inputs, 'lookup'),
      stores: stores.map(({ name }) => name),
      ...(async && { calls: describeCalls(async) }),
    }))
    .with({ kind: 'sink' }, (sink) => ({
      kind: sink.kind,
      id: sink.id,
      parents: readBy(sink.inputs, 'pipeline'),
      topic: sinkTopic(application, sink) ?? null,
      key: sink.key.name,
      value: sink.value.name,
    }))
    .exhaustive();

const describeCalls = ({ attempts, batch, concurrency, order, perSecond, timeout }: AsyncStage): DescribedCalls => ({
  order,
  concurrency,
  perSecond,
  timeout,
  attempts,
  batch,
});

/** Returns the distinct nodes behind edges of a kind. A join of a stream with itself has two edges from one node. */
const readBy = (inputs: readonly Edge[], by: Edge['by']): readonly NodeId[] => [
  ...new Set(inputs.filter((edge) => edge.by === by).map(({ from }) => from)),
];

const describeStore = (application: string, spec: AnyStoreSpec): DescribedStore => ({
  name: spec.name,
  kind: spec.kind,
  key: spec.key.name,
  value: spec.value.name,
  named: spec.named,
  ...(spec.ttl && { ttl: spec.ttl }),
  changelog: describeChangelog(application, spec),
});

const describeChangelog = (application: string, spec: AnyStoreSpec): DescribedChangelog => {
  if (spec.sourceTopic !== undefined) return { kind: 'source', topic: spec.sourceTopic };
  if (spec.changelog === false) return { kind: 'none' };
  return { kind: 'own', topic: changelogTopic(application, spec), config: changelogConfig(spec.changelog) };
};

const changelogOf = ({ changelog, named }: DescribedStore): readonly DescribedTopic[] =>
  match(changelog)
    .with({ kind: 'own' }, ({ topic, config }): DescribedTopic[] => [
      { kind: 'changelog', name: topic, named, partitions: null, config },
    ])
    .with({ kind: 'source' }, { kind: 'none' }, () => [])
    .exhaustive();
