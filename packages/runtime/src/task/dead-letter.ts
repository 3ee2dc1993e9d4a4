import {
  type Failure,
  type Outgoing,
  ProductionError,
  type Received,
  type RecordHeaders,
  reasonOf,
  StreamsError,
  spread,
  toUtf8,
} from '@kstreams/core/graph';
import type { Outlet } from './sink.js';

/** Sends a record that failed to a dead-letter topic, its bytes as they were read, with the headers of KIP-1034. */
export const sendDeadLetter = (topic: string, { error, record }: Failure, outlet: Outlet): void => {
  if (record !== undefined) outlet.send(deadLetter(topic, record, error, partitionsOf(topic, error, outlet)));
};

/** A dead-letter topic that is missing must not hide what failed. */
const partitionsOf = (topic: string, error: Error, outlet: Outlet): number => {
  try {
    return outlet.partitions(topic);
  } catch (thrown) {
    const why = `the dead letter of a failed record cannot be sent: ${reasonOf(thrown)}`;
    throw new ProductionError(why, error instanceof StreamsError ? error.place : {}, error);
  }
};

const nextPartition = spread();

const deadLetter = (topic: string, record: Received, error: Error, partitions: number): Outgoing => ({
  topic,
  partition: record.partition < partitions ? record.partition : nextPartition(partitions),
  key: record.key,
  value: record.value,
  timestamp: record.timestamp,
  headers: [...record.headers, ...errorHeaders(record, error)],
});

const errorHeaders = (record: Received, error: Error): RecordHeaders => {
  const cause = error.cause instanceof Error ? error.cause : error;
  return [
    ['__streams.errors.exception', toUtf8(cause.name)],
    ['__streams.errors.message', toUtf8(error.message)],
    ['__streams.errors.stacktrace', toUtf8(cause.stack ?? '')],
    ['__streams.errors.topic', toUtf8(record.topic)],
    ['__streams.errors.partition', toUtf8(String(record.partition))],
    ['__streams.errors.offset', toUtf8(String(record.offset))],
  ];
};
