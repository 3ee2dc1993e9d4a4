import type { CommittedOffset, Received } from '@kstreams/core';
import { encodeProgress, finishedLimit, type Progress } from '../task/progress.js';
import type { PartitionQueue } from '../task/queue.js';
import { encodeFinished, type OffsetRange } from './finished-offsets.js';
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

/** Within so many offsets any pattern of finished ones fits into the note, a bit for each. */
const anyPattern = 20_000;
/** How many records are taken in before the room in the note is looked at again; they add less than is kept free. */
const between = 64;
const spare = 600;

/**
 * Watches that what is finished beyond the oldest unfinished record of a partition fits into the note of a commit, and
 * says when no more may be taken in.
 */
export class NoteRoom {
  readonly #queue: PartitionQueue;
  readonly #origins: Origins;
  #lookAgain = 0;
  /** How many were unfinished when there was no room: once some of them finish, there may be. */
  #fullAt: number | undefined;

  constructor(queue: PartitionQueue, origins: Origins) {
    this.#queue = queue;
    this.#origins = origins;
  }

  get full(): boolean {
    const { done = 0, unfinished } = this.#queue;
    if (unfinished === this.#fullAt) return true;
    this.#fullAt = undefined;
    if (unfinished === 0 || done < this.#lookAgain) return false;
    this.#lookAgain = done + between;
    const [oldest] = this.#origins.of(this.#queue);
    if (oldest === undefined || done - (oldest.received as Received).offset < anyPattern) return false;
    const progress = progressOf(this.#queue, this.#origins) as PartitionProgress;
    if (encodeFinished(progress.offset, progress.finished).length <= finishedLimit - spare) return false;
    this.#lookAgain = 0;
    this.#fullAt = unfinished;
    return true;
  }
}
