import type { Write } from './byte-store.js';
import type { Bytes } from './bytes.js';
import { positionKey } from './row-keys.js';
import { fromUtf8, toUtf8 } from './utf8.js';

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
  /** True inside a restore, which had not read all records that there were at that time. */
  readonly partial?: boolean;
}

/** Encodes a position as a text. */
export const encodePosition = ({ marked, offset, partial, time, topicId = '-' }: StoredPosition): Bytes =>
  toUtf8(`${offset} ${topicId} ${time} ${partial === true ? 'partial' : marked ? 'marked' : 'end'}`);

/** Decodes the text of {@link encodePosition}. */
export const decodePosition = (bytes: Bytes): StoredPosition => {
  const [offset, topicId, time, after] = fromUtf8(bytes).split(' ');
  return {
    offset: Number(offset),
    topicId: topicId === '-' ? undefined : topicId,
    time: Number(time),
    marked: after === 'marked',
    ...(after === 'partial' && { partial: true }),
  };
};

/** Returns the write of a position. */
export const positionWrite = (store: string, partition: number, position: StoredPosition): Write => [
  positionKey(store, partition),
  encodePosition(position),
];
