/** What is law of a topology: what runs together, which topics lie between, how the internal ones are kept, what must be equally divided. */
export interface Structure {
  readonly subtopologies: readonly SubtopologyStructure[];
  /** The configuration of each repartition topic. */
  readonly repartitions: ReadonlyMap<string, TopicSettings>;
  /** Groups of topics with equally many partitions. */
  readonly copartitions: readonly (readonly string[])[];
}

export type TopicSettings = Readonly<Record<string, string>>;

export interface SubtopologyStructure {
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  /** The configuration of each changelog that is the application's own. */
  readonly changelogs: readonly TopicSettings[];
  /** The source topics that serve as changelogs. */
  readonly sourceChangelogs: readonly string[];
}
