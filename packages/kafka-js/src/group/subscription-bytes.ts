/** The subscriptions and assignments of members of a group, as Kafka's consumers write them. */
import type { TopicPartition } from '@kstreams/core/graph';
import { Reader, Writer } from '@platformatic/kafka';
import { byTopic } from './by-topic.js';

/** The subscription of a member, for the leader of its group. */
export interface MemberSubscription {
  readonly topics: readonly string[];
  /** The partitions of its last assignment. */
  readonly owned: readonly TopicPartition[];
  /** The generation of that assignment; -1 before one. */
  readonly generation: number;
}

/** Version 2 has the partitions and their generation. */
const subscriptionVersion = 2;

/** Returns the bytes of a subscription. */
export const encodeSubscription = ({ generation, owned, topics }: MemberSubscription): Buffer =>
  writePartitions(
    Writer.create()
      .appendInt16(subscriptionVersion)
      .appendArray([...topics], (w, topic) => w.appendString(topic, false), false, false)
      .appendBytes(null, false),
    owned,
  ).appendInt32(generation).buffer;

/** Returns the subscription of a member, of any client and version. */
export const decodeSubscription = (bytes: Buffer | null): MemberSubscription => {
  if (bytes === null || bytes.length === 0) return { topics: [], owned: [], generation: -1 };
  const reader = Reader.from(bytes);
  const version = reader.readInt16();
  const topics = reader.readNullableArray((r) => r.readString(false), false, false) ?? [];
  const userData = reader.readNullableBytes(false);
  const owned = version >= 1 ? readPartitions(reader) : [];
  // Java's clients before version 2 wrote the generation into the bytes of the assignor.
  const written = userData !== null && userData.length === 4 ? userData.readInt32BE(0) : -1;
  return { topics, owned, generation: version >= 2 ? reader.readInt32() : written };
};

/** Returns the bytes of an assignment. */
export const encodeAssignment = (partitions: readonly TopicPartition[]): Buffer =>
  writePartitions(Writer.create().appendInt16(0), partitions).appendBytes(null, false).buffer;

/** Returns the partitions of an assignment. */
export const decodeAssignment = (bytes: Buffer): readonly TopicPartition[] => {
  if (bytes.length < 6) return [];
  const reader = Reader.from(bytes);
  reader.readInt16();
  return readPartitions(reader);
};

const writePartitions = (writer: Writer, partitions: readonly TopicPartition[]): Writer =>
  writer.appendArray(
    [...byTopic(partitions)],
    (w, [topic, numbers]) => {
      w.appendString(topic, false).appendArray([...numbers], (each, one) => each.appendInt32(one), false, false);
    },
    false,
    false,
  );

const readPartitions = (reader: Reader): readonly TopicPartition[] =>
  (
    reader.readNullableArray(
      (r) => {
        const topic = r.readString(false);
        const numbers = r.readNullableArray((each) => each.readInt32(), false, false) ?? [];
        return numbers.map((partition) => ({ topic, partition }));
      },
      false,
      false,
    ) ?? []
  ).flat();
