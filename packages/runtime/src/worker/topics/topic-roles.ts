import {
  changelogTopic,
  type NodeId,
  type Plan,
  placementTopic,
  type Subtopology,
  sinkTopic,
  sourceTopics,
  type TopicDescription,
} from '@kstreams/core/graph';
import { changelogOf } from '../../task/stores/store-partition.js';

/** A use of a topic by an application. */
export type TopicRole =
  | {
      readonly kind: 'source';
      /** The stores of its sub-topology, whose rows depend on the partitions of the keys. */
      readonly stores: readonly string[];
      /** The topics that need the same partition count. */
      readonly joined: readonly string[];
      /** True for a topic that a pattern matches. */
      readonly matched: boolean;
    }
  | { readonly kind: 'changelog'; readonly store: string }
  | { readonly kind: 'global' | 'output' | 'repartition' | 'tasks' | 'placement' };

/** The known topics, and the sources with a pattern. */
export interface RoleContext {
  readonly topics: ReadonlyMap<string, TopicDescription>;
  readonly patterns: ReadonlySet<NodeId>;
}

/** Returns the uses of the topics of a plan, by name. */
export const topicRoles = (plan: Plan, context: RoleContext): ReadonlyMap<string, readonly TopicRole[]> => {
  const roles = new Map<string, TopicRole[]>();
  const add = (topic: string, role: TopicRole): void => {
    roles.set(topic, [...(roles.get(topic) ?? []), role]);
  };
  for (const { topic } of plan.globals) add(topic, { kind: 'global' });
  for (const subtopology of plan.subtopologies) {
    for (const [topic, role] of sourceRoles(plan, subtopology, context)) add(topic, role);
    for (const node of subtopology.nodes) {
      const topic = node.kind === 'sink' && node.repartition === undefined ? sinkTopic(plan.name, node) : undefined;
      if (topic !== undefined) add(topic, { kind: 'output' });
    }
    for (const spec of subtopology.stores) {
      if (changelogOf(plan.name, spec, context.topics)?.own !== true) continue;
      add(changelogTopic(plan.name, spec), { kind: 'changelog', store: spec.name });
    }
    if (subtopology.tasksTopic !== undefined) add(subtopology.tasksTopic, { kind: 'tasks' });
  }
  const placement = placementTopic(plan);
  if (placement !== undefined) add(placement, { kind: 'placement' });
  return roles;
};

const sourceRoles = (
  plan: Plan,
  { sources, stores }: Subtopology,
  { patterns }: RoleContext,
): readonly (readonly [topic: string, role: TopicRole])[] => {
  const kept = stores.filter(({ disposable }) => disposable !== true).map(({ name }) => name);
  return sources.flatMap((source) =>
    sourceTopics(plan.name, source).map((topic): readonly [string, TopicRole] => {
      if (source.repartition !== undefined) return [topic, { kind: 'repartition' }];
      const group = plan.copartitionGroups.find((topicsOfGroup) => topicsOfGroup.includes(topic)) ?? [];
      const role: TopicRole = {
        kind: 'source',
        stores: kept,
        joined: group.filter((other) => other !== topic),
        matched: patterns.has(source.id),
      };
      return [topic, role];
    }),
  );
};
