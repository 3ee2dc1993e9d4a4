import {
  type AnyStoreSpec,
  type Bytes,
  changelogTopic,
  storePrefix,
  type TopicDescription,
} from '@kstreams/core/graph';

/** The topic that a store is restored from. */
export interface Changelog {
  readonly topic: string;
  /** True for an internal changelog topic; false where the source topic of a table serves. */
  readonly own: boolean;
  /** The id of the topic, if the log has topic ids. */
  readonly id?: string | undefined;
  /** The time for which the topic keeps deletes, in ms; a day unless its log has another. */
  readonly deletesKept?: number | undefined;
}

/** One partition of a store: the prefix of its rows and its changelog. */
export interface StorePartition {
  readonly spec: AnyStoreSpec;
  readonly partition: number;
  /** The prefix of its keys in the byte store of the process. */
  readonly prefix: Bytes;
  /** `undefined` for a store without changelog. */
  readonly changelog: Changelog | undefined;
}

/** The cleanup policies and ids of topics, by name. */
export type Cleanups = ReadonlyMap<string, Pick<TopicDescription, 'cleanup' | 'id' | 'deletesKept'>>;

/**
 * Returns the changelog of a store. A table's source topic serves only with `cleanup.policy=compact`; with retention its
 * oldest rows would be missing from a restore, so the table gets an internal changelog.
 */
export const changelogOf = (application: string, spec: AnyStoreSpec, topics: Cleanups): Changelog | undefined => {
  if (spec.changelog === false) return undefined;
  const { sourceTopic } = spec;
  if (sourceTopic !== undefined && topics.get(sourceTopic)?.cleanup === 'compact') {
    return { topic: sourceTopic, own: false, ...identityOf(topics, sourceTopic) };
  }
  const topic = changelogTopic(application, spec);
  return { topic, own: true, ...identityOf(topics, topic) };
};

const identityOf = (topics: Cleanups, topic: string) => {
  const found = topics.get(topic);
  return { id: found?.id, deletesKept: found?.deletesKept };
};

/** Returns a partition of a store. */
export const storePartition = (
  application: string,
  spec: AnyStoreSpec,
  partition: number,
  topics: Cleanups,
): StorePartition => ({
  spec,
  partition,
  prefix: storePrefix(spec.name, partition),
  changelog: changelogOf(application, spec, topics),
});
