import { type Bytes, crc32c, fromUtf8, type StoredPosition, toUtf8 } from '@kstreams/core/graph';
import type { IdRange } from './changes.js';

/** A segment in the bucket. */
export interface StoredSegment {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** The length of its end, with its index and its filter, in bytes. */
  readonly tail: number;
  /** The ids of its first and last key. */
  readonly first: string;
  readonly last: string;
}

/** Changed rows, in segments. */
export interface Delta {
  /** Ranges of rows that were deleted before the rows of the segments were written. */
  readonly cleared: readonly IdRange[];
  readonly segments: readonly StoredSegment[];
}

/** A snapshot: the rows of a shard at a position of its changelog. */
export interface Manifest {
  /** Identifies the writer's attempt, to recognise a manifest whose response was lost. */
  readonly tag: string;
  readonly position: StoredPosition;
  /** All rows at some earlier position. */
  readonly full: readonly StoredSegment[];
  /** The changes since, the oldest first. */
  readonly deltas: readonly Delta[];
}

/** Returns the size of segments, in bytes. */
export const sizeOf = (segments: readonly StoredSegment[]): number => segments.reduce((sum, { size }) => sum + size, 0);

/** Returns the keys of all segments of a snapshot. */
export const segmentKeys = ({ full, deltas }: Manifest): readonly string[] =>
  [full, ...deltas.map(({ segments }) => segments)].flat().map(({ key }) => key);

/** The first word of a manifest, with the version of the format. */
const format = 'kstreams-snapshot-1';

/** Encodes a manifest: the format, the checksum of the text in hexadecimal, and the text as JSON. */
export const encodeManifest = (manifest: Manifest): Bytes => {
  const text = JSON.stringify(manifest);
  return toUtf8(`${format} ${crc32c(toUtf8(text)).toString(16)}\n${text}`);
};

/** Decodes a manifest; returns undefined when it is damaged or of another version. */
export const decodeManifest = (bytes: Bytes): Manifest | undefined => {
  try {
    const [, checksum, text = ''] = new RegExp(`^${format} ([0-9a-f]+)\n(.*)$`, 's').exec(fromUtf8(bytes)) ?? [];
    return checksum === crc32c(toUtf8(text)).toString(16) ? JSON.parse(text) : undefined;
  } catch {
    // Bytes that are no text.
    return undefined;
  }
};
