import { type OnError, type Received, StreamsError, type Subtopology, sourceTopics } from '@kstreams/core/graph';
import { decodeOf } from './record-queue.js';

/** Returns the timestamp of a record's row, in ms; `undefined` for a record without a row. */
export type RowTimestamp = (record: Received) => number | undefined;

/**
 * Returns the function that gives the rows of a source topic the same timestamps in a restore as the task did. A record
 * that the error policy skips has no row; any other invalid record fails the restore.
 */
export const rowTimestamp = (
  application: string,
  { sources }: Subtopology,
  topic: string,
  onError: OnError | undefined,
  now: () => number,
): RowTimestamp => {
  const source = sources.find((one) => sourceTopics(application, one).includes(topic));
  if (source === undefined) return ({ timestamp }) => timestamp;
  const decode = decodeOf(source, now);
  let partitionTime = -1;
  return (received) => {
    if (received.key === null) return undefined;
    try {
      const { timestamp } = decode(received, partitionTime);
      if (timestamp < 0) return undefined;
      partitionTime = Math.max(partitionTime, timestamp);
      return timestamp;
    } catch (thrown) {
      if (!(thrown instanceof StreamsError)) throw thrown;
      const decision = onError?.({ kind: 'deserialisation', error: thrown, record: received, attempt: 1 }) ?? 'fail';
      if (decision === 'fail') throw thrown;
      return undefined;
    }
  };
};
