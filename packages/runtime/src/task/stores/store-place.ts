import { type AnyStoreSpec, type Bytes, changelogTopic, type TopicDescription } from '@kstreams/core/graph';
import { storePrefix } from './row-keys.js';

/** Where a store is logged. */
export interface Changelog {
  readonly topic: string;
  /** True for a topic of its own, to which it appends; false where its source topic serves. */
  readonly own: boolean;
  /** The id of that topic, where the log gives it one. */
  readonly id?: string | undefined;
}

/** A store of one partition before it is opened: where its rows lie, and where they are logged. */
export interface StorePlace {
  readonly spec: AnyStoreSpec;
  readonly partition: number;
  /** What its keys in the process's byte store begin with. */
  readonly prefix: Bytes;
  /** `undefined` when it is not logged. */
  readonly changelog: Changelog | undefined;
}

/** The topics of the log, as far as they matter here. */
export type Cleanups = ReadonlyMap<string, Pick<TopicDescription, 'cleanup' | 'id'>>;

/**
 * Where a store is logged. A table's source topic serves only while it is compacted and nothing else: with retention its
 * oldest rows would be missing from a restore, so the table gets a changelog of its own.
 */
export const changelogOf = (application: string, spec: AnyStoreSpec, topics: Cleanups): Changelog | undefined => {
  if (spec.changelog === false) return undefined;
  const { sourceTopic } = spec;
  if (sourceTopic !== undefined && topics.get(sourceTopic)?.cleanup === 'compact') {
    return { topic: sourceTopic, own: false, id: topics.get(sourceTopic)?.id };
  }
  const topic = changelogTopic(application, spec);
  return { topic, own: true, id: topics.get(topic)?.id };
};

/** The place of a store. */
export const storePlace = (
  application: string,
  spec: AnyStoreSpec,
  partition: number,
  topics: Cleanups,
): StorePlace => ({
  spec,
  partition,
  prefix: storePrefix(spec.name, partition),
  changelog: changelogOf(application, spec, topics),
});
