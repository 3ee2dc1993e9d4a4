/** A topology as data that can be written down: what `JSON.stringify(app.describe())` gives, for tools to read. */
import type { AsyncStage } from '../async-stage.js';
import type { TopicConfig } from '../internal-topics.js';
import type { NodeId } from '../node.js';
import type { Unnamed } from '../passes/check-names.js';

/** The whole: sub-topologies, the application's own topics, and what should be named. */
export interface DescribedTopology {
  readonly name: string;
  readonly subtopologies: readonly DescribedSubtopology[];
  readonly globalTables: readonly DescribedGlobalTable[];
  /** The topics that the application makes for itself: repartitions, changelogs, then topics of tasks. */
  readonly internalTopics: readonly DescribedTopic[];
  /** Groups of topics that must have equally many partitions, because their records meet by key. */
  readonly copartitionGroups: readonly (readonly string[])[];
  /** What outlives the process and was left unnamed: a change of the topology may rename it and lose what it holds. */
  readonly unnamed: readonly Unnamed[];
}

/** What runs together, as one task per partition. */
export interface DescribedSubtopology {
  readonly id: number;
  /** In topological order. */
  readonly nodes: readonly DescribedNode[];
  readonly stores: readonly DescribedStore[];
}

/** A node of a sub-topology. */
export type DescribedNode = DescribedSource | DescribedProcessor | DescribedSink;

/** Reads topics, by their names or by a pattern. */
export interface DescribedSource {
  readonly kind: 'source';
  readonly id: NodeId;
  readonly topics: readonly string[] | { readonly pattern: string };
  readonly key: string;
  readonly value: string;
}

/** A step, with the nodes it reads, the tables it looks rows up in and the stores it keeps, all by name. */
export interface DescribedProcessor {
  readonly kind: 'processor';
  readonly id: NodeId;
  /** What it is: `filter`, `count`, `stream-join`. */
  readonly operator: string;
  readonly parents: readonly NodeId[];
  readonly lookups: readonly NodeId[];
  readonly stores: readonly string[];
  /** Set where it waits for something. */
  readonly calls?: DescribedCalls | undefined;
}

/** How the calls of an async step overlap; lengths of time are in ms. */
export type DescribedCalls = Pick<AsyncStage, 'order' | 'concurrency' | 'perSecond' | 'timeout' | 'attempts' | 'batch'>;

/** Writes to a topic; `topic` is null where it is chosen for each record. */
export interface DescribedSink {
  readonly kind: 'sink';
  readonly id: NodeId;
  readonly parents: readonly NodeId[];
  readonly topic: string | null;
  readonly key: string;
  readonly value: string;
}

/** A table of which every process has a whole copy. */
export interface DescribedGlobalTable {
  readonly id: NodeId;
  readonly topic: string;
  readonly store: DescribedStore;
}

/** A store with the topic that restores it; key and value are the names of their serdes. */
export interface DescribedStore {
  readonly name: string;
  readonly kind: string;
  readonly key: string;
  readonly value: string;
  readonly named: boolean;
  readonly changelog: DescribedChangelog;
}

/** What a lost store is restored from: a topic of its own, the topic its rows were read from, or nothing. */
export type DescribedChangelog =
  | { readonly kind: 'own'; readonly topic: string; readonly config: TopicConfig }
  | { readonly kind: 'source'; readonly topic: string }
  | { readonly kind: 'none' };

/** A topic of the application's own. */
export interface DescribedTopic {
  readonly kind: 'repartition' | 'changelog' | 'tasks';
  readonly name: string;
  readonly named: boolean;
  /** How many partitions were asked for; null: as many as the topics upstream, or as the tasks that write it. */
  readonly partitions: number | null;
  readonly config: TopicConfig;
}
