import { type Bytes, fromUtf8, toUtf8, type Write } from '@kstreams/core/graph';
import { positionKey } from './row-keys.js';
import type { Changelog, StorePartition } from './store-partition.js';

/** The position of a store's rows in its changelog, written in one batch with them. */
export interface StoredPosition {
  /** The offset of the next changelog record to apply. */
  readonly offset: number;
  /** The id of the topic; undefined where the log has none. */
  readonly topicId: string | undefined;
  /** The wall-clock time of the write, in ms: later records were read by none, and their deletes were kept since. */
  readonly time: number;
  /** True when the marker of a transaction follows, which is no record. */
  readonly marked: boolean;
}

/** Encodes a position as a text. */
export const encodePosition = ({ marked, offset, time, topicId = '-' }: StoredPosition): Bytes =>
  toUtf8(`${offset} ${topicId} ${time} ${marked ? 'marked' : 'end'}`);

/** Decodes the text of {@link encodePosition}. */
export const decodePosition = (bytes: Bytes): StoredPosition => {
  const [offset, topicId, time, after] = fromUtf8(bytes).split(' ');
  return {
    offset: Number(offset),
    topicId: topicId === '-' ? undefined : topicId,
    time: Number(time),
    marked: after === 'marked',
  };
};

/** Returns the write of a position. */
export const positionWrite = (store: string, partition: number, position: StoredPosition): Write => [
  positionKey(store, partition),
  encodePosition(position),
];

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
