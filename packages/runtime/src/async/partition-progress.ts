import type { CommittedOffset, Received } from '@kstreams/core/graph';
import { encodeProgress, type Progress } from '../task/progress.js';
import type { PartitionQueue } from '../task/queue.js';
import type { OffsetRange } from './finished-offsets.js';
import type { Origins } from './origins.js';

/** How far a partition is: the offset to go on from, and what is finished beyond it. */
export interface PartitionProgress extends Progress {
  readonly offset: number;
  readonly finished: readonly OffsetRange[];
}

/** How far a partition is whose records finish in any order; `undefined` before the first was taken. */
export const progressOf = (queue: PartitionQueue, origins?: Origins): PartitionProgress | undefined => {
  const { done, finished: known, time } = queue;
  if (done === undefined) return undefined;
  const finished: OffsetRange[] = [];
  let oldest: { readonly offset: number; readonly time: number } | undefined;
  let after = done;
  for (const { partitionTime, received } of origins?.of(queue) ?? []) {
    const { offset } = received as Received;
    if (oldest === undefined) oldest = { offset, time: partitionTime };
    else addRange(finished, after, offset);
    after = offset + 1;
  }
  if (oldest !== undefined) addRange(finished, after, done);
  for (const [from, to] of known) addRange(finished, Math.max(from, done), to);
  return { offset: done, time, ...oldest, finished };
};

/** What a commit writes for the partitions of a task: where to go on from, with a note. */
export const offsetsOf = (queues: ReadonlyMap<string, PartitionQueue>, origins?: Origins): CommittedOffset[] =>
  [...queues.values()].flatMap((queue) => {
    const progress = progressOf(queue, origins);
    if (progress === undefined) return [];
    const { partition, topic } = queue;
    const { offset } = progress;
    return [{ topic, partition, offset, metadata: encodeProgress(progress, offset) }];
  });

const addRange = (ranges: OffsetRange[], from: number, to: number): void => {
  if (from >= to) return;
  const last = ranges.at(-1);
  if (last?.[1] === from) ranges[ranges.length - 1] = [last[0], to];
  else ranges.push([from, to]);
};
