import { type Bytes, concatBytes, fromUtf8, rangeOf, toUtf8 } from '@kstreams/core/graph';
import type { IdRange } from '../changes.js';
import type { Manifest } from '../manifest.js';
import { namesOf, type ShardPlace } from '../shard-place.js';

/** The state of a load, kept in the local store, so that the next process continues it. */
export interface LoadMarker {
  readonly manifest: Manifest;
  /** The id of the first key whose row may be in the snapshot only. */
  readonly filled: string;
  /** The rows of the snapshot that were cleared since. */
  readonly cleared: readonly IdRange[];
  /** The bytes of the local rows, about, where they have a bound. */
  readonly bytes?: number;
}

const prefix = '@loading/';

/** The range of the keys of all markers. */
export const markers = rangeOf(toUtf8(prefix));

/** Returns the key of the marker of a shard. */
export const markerKey = ({ partition, store }: ShardPlace): Bytes => toUtf8(`${prefix}${store}/${partition}`);

/** Returns the store and the partition of the key of a marker. */
export const markedShard = (key: Bytes): ReturnType<typeof namesOf> => namesOf(fromUtf8(key).slice(prefix.length));

/** Returns the prefix of the keys of rows that were deleted while their shard is loaded. */
export const deletedPrefix = ({ prefix: shard }: ShardPlace): Bytes => concatBytes(toUtf8('@deleted/'), shard);

/** Encodes a marker as JSON. */
export const encodeMarker = (marker: LoadMarker): Bytes => toUtf8(JSON.stringify(marker));

/** Decodes a marker. */
export const decodeMarker = (bytes: Bytes): LoadMarker => JSON.parse(fromUtf8(bytes));
