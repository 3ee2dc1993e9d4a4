import type { Received } from '@kstreams/core';
import type { PartitionQueue } from '../task/queue.js';

/** A record of a source, or a punctuation, of which something may still be under way. */
export interface Origin {
  /** The place in the order in which they were begun. */
  readonly place: number;
  /** Undefined for a punctuation, which no offset will repeat. */
  readonly queue: PartitionQueue | undefined;
  readonly received: Received | undefined;
  /** The task's stream time with it. */
  time: number;
  /** The partition's time before it. */
  readonly partitionTime: number;
  /** What is under way of it: its own turn, and calls. */
  pending: number;
  older: Origin | undefined;
  newer: Origin | undefined;
}

/**
 * What a task has begun and not finished, in the order of beginning. A record is finished when all that came of it is.
 */
export class Origins {
  #oldest: Origin | undefined;
  #newest: Origin | undefined;
  #current: Origin | undefined;
  #begun = 0;
  #unrepeatable = 0;
  #count = 0;

  /** The one that is in its turn. */
  get current(): Origin {
    return this.#current as Origin;
  }

  set current(origin: Origin | undefined) {
    this.#current = origin;
  }

  get oldest(): Origin | undefined {
    return this.#oldest;
  }

  /** How many are under way. */
  get count(): number {
    return this.#count;
  }

  /** True when something is under way that no offset would repeat. */
  get unrepeatable(): boolean {
    return this.#unrepeatable > 0;
  }

  /** Begins one; its turn counts as under way. */
  begin(time: number, queue?: PartitionQueue, received?: Received): Origin {
    const older = this.#newest;
    const partitionTime = queue === undefined ? -1 : queue.time;
    const origin = {
      place: this.#begun++,
      queue,
      received,
      time,
      partitionTime,
      pending: 1,
      older,
      newer: undefined,
    };
    if (older === undefined) this.#oldest = origin;
    else older.newer = origin;
    this.#newest = origin;
    this.#count++;
    if (queue === undefined) this.#unrepeatable++;
    else queue.unfinished++;
    this.#current = origin;
    return origin;
  }

  /** One thing that came of it is over; with the last, all is. */
  release(origin: Origin): void {
    if (--origin.pending > 0) return;
    this.#count--;
    const { newer, older, queue } = origin;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (queue === undefined) this.#unrepeatable--;
    else queue.unfinished--;
    // A chain of what is over would keep alive all that came after it.
    origin.older = undefined;
    origin.newer = undefined;
  }

  /** The unfinished records of a partition, in order. */
  *of(queue: PartitionQueue): Iterable<Origin> {
    if (queue.unfinished === 0) return;
    for (let origin = this.#oldest; origin !== undefined; origin = origin.newer)
      if (origin.queue === queue) yield origin;
  }
}
