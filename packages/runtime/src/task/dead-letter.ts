import {
  type Outgoing,
  ProductionError,
  type Received,
  type RecordHeaders,
  recordSize,
  roundRobin,
  toUtf8,
} from '@kstreams/core/graph';

/** A failed record and its dead-letter topic. */
export interface DeadLetterOptions {
  readonly topic: string;
  /** The number of partitions of the topic. */
  readonly partitions: number;
  readonly record: Received;
  readonly error: Error;
  /** The size of the largest record that the topic takes. */
  readonly maxSize: number;
  /** Number of times that the log refused the dead letter of this record. */
  readonly refusals: number;
  /** The time of the wall clock, in ms. */
  readonly now: number;
}

const nextPartition = roundRobin();

/** The longest message and stack trace in a dead letter without the bytes of its record, in characters. */
const shortText = 200;

/**
 * Returns the dead letter of a record: the bytes as read, with the headers of KIP-1034. One that would be too large has no
 * stack trace. One that is still too large, or was refused before, has no bytes of its record either, and the time of the wall
 * clock: the header `__streams.errors.omitted` says so, the others have the position of the record.
 *
 * @throws ProductionError when the topic refused that one too.
 */
export const deadLetter = (options: DeadLetterOptions): Outgoing => {
  const { error, maxSize, now, partitions, record, refusals, topic } = options;
  const partition = record.partition < partitions ? record.partition : nextPartition(partitions);
  const { headers, key, timestamp, value } = record;
  const whole = { topic, partition, key, value, timestamp };
  if (refusals === 0) {
    const full = { ...whole, headers: [...headers, ...errorHeaders(record, error, Number.POSITIVE_INFINITY)] };
    if (recordSize(full) <= maxSize) return full;
    const short = { ...whole, headers: [...headers, ...errorHeaders(record, error, shortText)] };
    if (recordSize(short) <= maxSize) return short;
  }
  if (refusals > 1) {
    const why = `topic "${topic}" refuses the dead letter of a record, also without its bytes: check the settings of the topic`;
    throw new ProductionError(why, positionOf(record), error);
  }
  const omitted = ['__streams.errors.omitted', toUtf8('record')] as const;
  const bare = { ...whole, key: null, value: null, timestamp: now };
  return { ...bare, headers: [...errorHeaders(record, error, shortText), omitted] };
};

const positionOf = ({ offset, partition, topic }: Received) => ({ topic, partition, offset });

const errorHeaders = (record: Received, error: Error, longest: number): RecordHeaders => {
  const cause = error.cause instanceof Error ? error.cause : error;
  const text = (value: string) => toUtf8(value.length > longest ? `${value.slice(0, longest)}…` : value);
  return [
    ['__streams.errors.exception', text(cause.name)],
    ['__streams.errors.message', text(error.message)],
    ['__streams.errors.stacktrace', text(cause.stack ?? '')],
    ['__streams.errors.topic', toUtf8(record.topic)],
    ['__streams.errors.partition', toUtf8(String(record.partition))],
    ['__streams.errors.offset', toUtf8(String(record.offset))],
  ];
};
