import type { AsyncStage } from '../async-stage.js';
import type { TopicConfig } from '../internal-topics.js';
import type { NodeId } from '../node.js';
import type { Unnamed } from '../passes/check-names.js';
import type { Lifetime } from '../ttl.js';

/** The description of a topology as plain data, for tools; `JSON.stringify(app.describe())` writes it. */
export interface DescribedTopology {
  readonly name: string;
  readonly subtopologies: readonly DescribedSubtopology[];
  readonly globalTables: readonly DescribedGlobalTable[];
  /** The topics that the application creates: repartition topics, changelogs, then topics of tasks. */
  readonly internalTopics: readonly DescribedTopic[];
  /** Groups of topics that need equal partition counts, because their records are combined by key. */
  readonly copartitionGroups: readonly (readonly string[])[];
  /** Unnamed stores and repartition topics. A change of the topology may rename them, and their rows are lost. */
  readonly unnamed: readonly Unnamed[];
}

/** A sub-topology, which runs as one task per partition. */
export interface DescribedSubtopology {
  readonly id: number;
  /** In topological order. */
  readonly nodes: readonly DescribedNode[];
  readonly stores: readonly DescribedStore[];
}

/** A node of a sub-topology. */
export type DescribedNode = DescribedSource | DescribedProcessor | DescribedSink;

/** A source of topics, by name or by pattern. */
export interface DescribedSource {
  readonly kind: 'source';
  readonly id: NodeId;
  readonly topics: readonly string[] | { readonly pattern: string };
  readonly key: string;
  readonly value: string;
}

/** A processor with the names of its parents, lookup tables and stores. */
export interface DescribedProcessor {
  readonly kind: 'processor';
  readonly id: NodeId;
  /** The operator: `filter`, `count`, `stream-join`. */
  readonly operator: string;
  readonly parents: readonly NodeId[];
  readonly lookups: readonly NodeId[];
  readonly stores: readonly string[];
  /** Set for an async step. */
  readonly calls?: DescribedCalls | undefined;
}

/** The order, concurrency and limits of an async step. Durations are in ms. */
export type DescribedCalls = Pick<AsyncStage, 'order' | 'concurrency' | 'perSecond' | 'timeout' | 'attempts' | 'batch'>;

/** A sink. `topic` is null when it is chosen per record. */
export interface DescribedSink {
  readonly kind: 'sink';
  readonly id: NodeId;
  readonly parents: readonly NodeId[];
  readonly topic: string | null;
  readonly key: string;
  readonly value: string;
}

/** A global table, of which every process has a full copy. */
export interface DescribedGlobalTable {
  readonly id: NodeId;
  readonly topic: string;
  readonly store: DescribedStore;
}

/** A store with the topic that restores it. `key` and `value` are the names of serdes. */
export interface DescribedStore {
  readonly name: string;
  readonly kind: string;
  readonly key: string;
  readonly value: string;
  readonly named: boolean;
  /** The lifetime of its rows, in ms; absent when they do not end. */
  readonly ttl?: Lifetime;
  readonly changelog: DescribedChangelog;
}

/** The topic that a lost store is restored from: a changelog, the source topic of its rows, or none. */
export type DescribedChangelog =
  | { readonly kind: 'own'; readonly topic: string; readonly config: TopicConfig }
  | { readonly kind: 'source'; readonly topic: string }
  | { readonly kind: 'none' };

/** An internal topic of the application. */
export interface DescribedTopic {
  readonly kind: 'repartition' | 'changelog' | 'tasks' | 'placement';
  readonly name: string;
  readonly named: boolean;
  /** The requested number of partitions; null for that of the topics upstream, or of the tasks that write it. */
  readonly partitions: number | null;
  readonly config: TopicConfig;
}
