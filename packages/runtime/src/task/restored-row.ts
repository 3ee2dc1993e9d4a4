import {
  type AnySerde,
  type Bytes,
  type Clock,
  type OnError,
  Pending,
  type Received,
  reasonOf,
  StateError,
  type Subtopology,
  sourceOfTopic,
  sourceTopics,
  toMilliseconds,
} from '@kstreams/core/graph';
import { decide } from './decide.js';
import { decodeFailure, processingError } from './decode-failure.js';
import { checksKeyBytes, writtenBytes } from './key-bytes.js';
import { decodeOf } from './record-queue.js';

/**
 * Returns the timestamp of a record's row, in ms; `undefined` for a record without a row. Returns a promise when a serde has
 * to load a value first; it rejects when the signal aborts the wait.
 */
export type RowTimestamp = (record: Received, signal: AbortSignal) => number | undefined | Promise<number | undefined>;

/**
 * Returns the row timestamps of a source topic for a restore, equal to those that the task wrote. A record that the error
 * policy skips has no row, also one with a value that cannot be written; any other invalid record fails the restore.
 */
export const rowTimestamp = (
  application: string,
  { sources }: Subtopology,
  topic: string,
  onError: OnError = () => 'fail',
  clock: Pick<Clock, 'now' | 'after'>,
): RowTimestamp => {
  const source = sourceReading(application, sources, topic);
  if (source === undefined) return ({ timestamp }) => timestamp;
  const { value: serde } = sourceOfTopic(source, topic);
  const decode = decodeOf(sourceOfTopic(source, topic), () => clock.now());
  let partitionTime = -1;
  const timestampOf = (received: Received): number | undefined => {
    try {
      const { timestamp, value } = decode(received, partitionTime);
      if (timestamp < 0) return undefined;
      if (value !== null) checkWritable(serde, value, topic);
      partitionTime = Math.max(partitionTime, timestamp);
      return timestamp;
    } catch (thrown) {
      if (thrown instanceof Pending) throw thrown;
      const failure = decodeFailure(source.id, thrown, received);
      if (decide(onError, failure) === 'fail') throw failure.error;
      return undefined;
    }
  };
  /** Decides about a value that cannot be loaded. Returns the delay before the next load in ms; `undefined` for none. */
  const judge = (cause: unknown, record: Received, attempt: number): number | undefined => {
    const error = processingError(source.id, cause, record);
    const decision = decide(onError, { kind: 'processing', error, record, attempt });
    if (decision === 'fail') throw error;
    if (decision === 'skip' || !('retryAfter' in decision)) return undefined;
    return toMilliseconds(decision.retryAfter, "the error policy's `retryAfter`");
  };
  const whenLoaded = async (pending: Pending, record: Received, signal: AbortSignal): Promise<number | undefined> => {
    let { until } = pending;
    for (let attempt = 1; ; ) {
      const failure = await failureOf(until);
      signal.throwIfAborted();
      if (failure !== undefined) {
        const delay = judge(failure.cause, record, attempt++);
        if (delay === undefined) return undefined;
        await new Promise<void>((resolve) => void clock.after(delay, resolve));
        signal.throwIfAborted();
      }
      try {
        return timestampOf(record);
      } catch (thrown) {
        if (!(thrown instanceof Pending)) throw thrown;
        until = thrown.until;
      }
    }
  };
  return (record, signal) => {
    if (record.key === null) return undefined;
    try {
      return timestampOf(record);
    } catch (thrown) {
      if (thrown instanceof Pending) return whenLoaded(thrown, record, signal);
      throw thrown;
    }
  };
};

/** Returns the bytes of a row's key, without the prefix of its store. */
export type RowKey = (key: Bytes, record: Received) => Bytes;

/** Returns the keys of the rows of a source topic for a restore: those that its task writes. */
export const rowKey = (application: string, subtopology: Subtopology, topic: string): RowKey => {
  const source = sourceReading(application, subtopology.sources, topic);
  if (source === undefined || !checksKeyBytes(source, subtopology)) return (key) => key;
  const serde = source.key;
  return (key, record) => writtenBytes(serde, serde.decode(key, record), record) ?? key;
};

const sourceReading = (application: string, sources: Subtopology['sources'], topic: string) =>
  sources.find((one) => sourceTopics(application, one).includes(topic));

const failureOf = (until: Promise<unknown>): Promise<{ readonly cause: unknown } | undefined> =>
  until.then(
    () => undefined,
    (cause: unknown) => ({ cause }),
  );

/** Throws for a value that its store could not encode. */
const checkWritable = ({ encode, roundTrip }: AnySerde, value: unknown, topic: string): void => {
  if (roundTrip !== undefined) return;
  try {
    encode(value, { topic, headers: [] });
  } catch (thrown) {
    if (thrown instanceof Pending) throw thrown;
    throw new StateError(`a row cannot be encoded: ${reasonOf(thrown)}`, {}, thrown);
  }
};
