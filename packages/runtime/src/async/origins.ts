import type { Received } from '@kstreams/core/graph';
import type { PartitionQueue } from '../task/queue.js';

/** A record of a source, or a punctuation, of which something may still be under way. Once it is over it is used again. */
export class Origin {
  /** The place in the order in which they were begun. */
  place = 0;
  /** Undefined for a punctuation, which no offset will repeat. */
  queue: PartitionQueue | undefined = undefined;
  received: Received | undefined = undefined;
  /** The task's stream time with it. */
  time = -1;
  /** The partition's time before it. */
  partitionTime = -1;
  /** What is under way of it: its own turn, and calls. */
  pending = 0;
  older: Origin | undefined = undefined;
  newer: Origin | undefined = undefined;
}

/**
 * What a task has begun and not finished, in the order of beginning. A record is finished when all that came of it is.
 */
export class Origins {
  #oldest: Origin | undefined;
  #newest: Origin | undefined;
  #current: Origin | undefined;
  /** One that is over, and behind it the others. */
  #over: Origin | undefined;
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
    const origin = this.#over ?? new Origin();
    const older = this.#newest;
    this.#over = origin.newer;
    origin.place = this.#begun++;
    origin.queue = queue;
    origin.received = received;
    origin.time = time;
    origin.partitionTime = queue === undefined ? -1 : queue.time;
    origin.pending = 1;
    origin.older = older;
    origin.newer = undefined;
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
    origin.queue = undefined;
    origin.received = undefined;
    origin.older = undefined;
    origin.newer = this.#over;
    this.#over = origin;
  }

  /** The unfinished records of a partition, in order. */
  *of(queue: PartitionQueue): Iterable<Origin> {
    if (queue.unfinished === 0) return;
    for (let origin = this.#oldest; origin !== undefined; origin = origin.newer)
      if (origin.queue === queue) yield origin;
  }
}
