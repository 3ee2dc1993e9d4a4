/**
 * The compared structure of a topology: sub-topologies, topics between them, settings of internal topics, and
 * copartitioned groups.
 */
export interface Structure {
  readonly subtopologies: readonly SubtopologyStructure[];
  /** The configuration of each repartition topic. */
  readonly repartitions: ReadonlyMap<string, TopicSettings>;
  /** Groups of topics with equal partition counts. */
  readonly copartitions: readonly (readonly string[])[];
}

export type TopicSettings = Readonly<Record<string, string>>;

export interface SubtopologyStructure {
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  /** The configuration of each changelog of the application. */
  readonly changelogs: readonly TopicSettings[];
  /** The source topics that serve as changelogs. */
  readonly sourceChangelogs: readonly string[];
}
