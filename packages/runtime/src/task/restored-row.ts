import { type OnError, type Received, StreamsError, type Subtopology, sourceTopics } from '@kstreams/core/graph';
import { decodeOf } from './record-queue.js';

/** Returns the timestamp of the row that a record becomes, in ms; `undefined` when it becomes none. */
export type RowTimestamp = (record: Received) => number | undefined;

/**
 * Returns the rows that the records of a table's source topic become in a restore: the same that the task made of them.
 * Records that the error policy skips are left out; any other broken record fails the restore.
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
