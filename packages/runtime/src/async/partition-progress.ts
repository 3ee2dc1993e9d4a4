import type { CommittedOffset, Received } from '@kstreams/core/graph';
import type { OffsetRange } from './finished-offsets.js';
import type { InFlightRecord, SourcePartition } from './in-flight-records.js';
import { encodeProgress, type Progress } from './offset-metadata.js';

/** The progress of a partition: the offset to resume from, and what is finished beyond it. */
export interface PartitionProgress extends Progress {
  readonly offset: number;
  readonly finished: readonly OffsetRange[];
}

/** Returns the progress of a partition with these unfinished records; `undefined` before its first record. */
export const progressOf = (
  { finished: known, nextOffset, time }: SourcePartition,
  unfinished: Iterable<InFlightRecord> = [],
): PartitionProgress | undefined => {
  if (nextOffset === undefined) return undefined;
  const finished: OffsetRange[] = [];
  let oldest: { readonly offset: number; readonly time: number } | undefined;
  let after = nextOffset;
  for (const { partitionTime, received } of unfinished) {
    const { offset } = received as Received;
    if (oldest === undefined) oldest = { offset, time: partitionTime };
    else addRange(finished, after, offset);
    after = offset + 1;
  }
  if (oldest !== undefined) addRange(finished, after, nextOffset);
  for (const [from, to] of known) addRange(finished, Math.max(from, nextOffset), to);
  return { offset: nextOffset, time, ...oldest, finished };
};

/** Returns the offset to commit for a partition, with its metadata; `undefined` before its first record. */
export const committedOffset = (
  source: SourcePartition,
  unfinished?: Iterable<InFlightRecord>,
): CommittedOffset | undefined => {
  const progress = progressOf(source, unfinished);
  if (progress === undefined) return undefined;
  const { partition, topic } = source;
  const metadata = encodeProgress({ ...progress, lineage: source.lineage }, progress.offset);
  return { topic, partition, offset: progress.offset, metadata };
};

const addRange = (ranges: OffsetRange[], from: number, to: number): void => {
  if (from >= to) return;
  const last = ranges.at(-1);
  if (last?.[1] === from) ranges[ranges.length - 1] = [last[0], to];
  else ranges.push([from, to]);
};
