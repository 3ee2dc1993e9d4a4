import {
  type AnyProcess,
  type AnySerde,
  type Bytes,
  type Outgoing,
  ProductionError,
  partitionFor,
  reasonOf,
  repartitionTopic,
  type SinkNode,
  type StreamRecord,
  spread,
} from '@kstreams/core/graph';

/** Where sinks send: a producer, or a test's list. */
export interface Outlet {
  /** How many partitions a topic has; throws for a topic that does not exist. */
  partitions(topic: string): number;
  send(record: Outgoing): void;
}

/** The process of a sink: encodes a record, chooses topic and partition, sends. */
export const sinkProcess = (application: string, sink: SinkNode, outlet: Outlet): AnyProcess => {
  const choose = sink.repartition === undefined ? sink.topic : repartitionTopic(application, sink.repartition);
  const dropsNullKeys = sink.repartition !== undefined && sink.nullKeys !== true;
  const nextPartition = spread();
  return (record: StreamRecord<unknown, unknown>) => {
    if (dropsNullKeys && (record.key === null || record.key === undefined)) return;
    const topic = typeof choose === 'string' ? choose : choose(record);
    const headers = sink.headers === undefined ? record.headers : sink.headers(record);
    const timestamp = sink.timestamp === undefined ? record.timestamp : sink.timestamp(record);
    if (!(timestamp >= 0)) {
      throw new RangeError(`a record with the timestamp ${timestamp} cannot be written: give it one of at least 0`);
    }
    const key = encodePart('key', sink.key, record.key, topic, headers);
    const value = encodePart('value', sink.value, record.value, topic, headers);
    const count = outlet.partitions(topic);
    const chosen =
      sink.partitioner?.(record, key, count) ?? (key === null ? nextPartition(count) : partitionFor(key, count));
    if (typeof chosen === 'number') {
      outlet.send({ topic, partition: chosen, key, value, timestamp, headers });
      return;
    }
    for (const partition of chosen) outlet.send({ topic, partition, key, value, timestamp, headers });
  };
};

const encodePart = (
  part: 'key' | 'value',
  serde: AnySerde,
  value: unknown,
  topic: string,
  headers: StreamRecord<unknown, unknown>['headers'],
): Bytes | null => {
  if (value === null || value === undefined) return null;
  try {
    return serde.encode(value, { topic, headers });
  } catch (thrown) {
    const why = `the ${part} cannot be written as ${serde.name}: ${reasonOf(thrown)}`;
    throw new ProductionError(`${why}; it was to go to topic "${topic}"`, {}, thrown);
  }
};
