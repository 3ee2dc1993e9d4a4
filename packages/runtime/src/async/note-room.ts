import type { Received } from '@kstreams/core/graph';
import { finishedLimit } from '../task/progress.js';
import type { PartitionQueue } from '../task/queue.js';
import { encodeFinished } from './finished-offsets.js';
import type { Origins } from './origins.js';
import { type PartitionProgress, progressOf } from './partition-progress.js';

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
    if (done < this.#lookAgain) return false;
    if (unfinished === this.#fullAt) return true;
    this.#fullAt = undefined;
    if (unfinished === 0) return false;
    const [oldest] = this.#origins.of(this.#queue);
    if (oldest === undefined) return false;
    const tight = (oldest.received as Received).offset + anyPattern;
    this.#lookAgain = Math.max(done + between, tight);
    if (done < tight) return false;
    const progress = progressOf(this.#queue, this.#origins) as PartitionProgress;
    if (encodeFinished(progress.offset, progress.finished).length <= finishedLimit - spare) return false;
    this.#lookAgain = 0;
    this.#fullAt = unfinished;
    return true;
  }
}
