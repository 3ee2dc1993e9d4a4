import type { StoredPosition } from '@kstreams/core/graph';
import type { Changelog, StorePartition } from './store-partition.js';

/** The reason for dropping the rows of a store. */
export type DropCause = 'beyond-end' | 'other-topic' | 'deletes-expired';

/** The time for which a compacted topic keeps deletes unless its log has another, in ms: a day, as in Kafka. */
const deleteRetention = 86_400_000;

/**
 * Returns why rows at a position must be dropped; undefined when they are valid. A changelog ends at `end`.
 *
 * A compacted topic keeps a delete for `delete.retention.ms` at least after it was written. Rows that are behind for longer
 * may never read it, and would bring a deleted row back.
 */
export const causeToDrop = (
  { marked, offset, time, topicId }: StoredPosition,
  { deletesKept = deleteRetention, id }: Pick<Changelog, 'deletesKept' | 'id'>,
  end: number,
  now: number,
): DropCause | undefined => {
  if (topicId !== undefined && id !== undefined && topicId !== id) return 'other-topic';
  if (!(offset <= end)) return 'beyond-end';
  const isBehind = end - offset > (marked ? 1 : 0);
  return isBehind && now - time >= deletesKept ? 'deletes-expired' : undefined;
};

/** Returns the position of a store's rows before an offset, at a wall-clock time in ms. */
export const positionAt = (
  { changelog }: Pick<StorePartition, 'changelog'>,
  offset: number,
  time: number,
  marked = false,
): StoredPosition => ({ offset, topicId: changelog?.id, time, marked });
