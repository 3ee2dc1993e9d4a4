import type { Outgoing } from '@kstreams/core/graph';

/** The waiting records of one topic, in order. */
type Queue = Outgoing[];

/**
 * Waiting records by topic. The topic with the oldest head comes first.
 *
 * Ties come in the order of the binary heap by which Kafka Streams chooses among partitions, so that tests read records in
 * the same order as there.
 */
export class WaitingRecords {
  readonly #queues = new Map<string, Queue>();
  /** The queues that are not empty. */
  readonly #heap: Queue[] = [];

  add(record: Outgoing): void {
    let queue = this.#queues.get(record.topic);
    if (queue === undefined) this.#queues.set(record.topic, (queue = []));
    queue.push(record);
    if (queue.length === 1) this.#offer(queue);
  }

  /** Removes and returns the next record. */
  take(): Outgoing | undefined {
    const queue = this.#poll();
    const record = queue?.shift();
    if (queue !== undefined && queue.length > 0) this.#offer(queue);
    return record;
  }

  clear(): void {
    this.#queues.clear();
    this.#heap.length = 0;
  }

  #offer(queue: Queue): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (timeOf(queue) >= timeOf(heap[parent] as Queue)) break;
      heap[at] = heap[parent] as Queue;
      at = parent;
    }
    heap[at] = queue;
  }

  #poll(): Queue | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const right = heap[child + 1];
      if (right !== undefined && timeOf(right) < timeOf(heap[child] as Queue)) child++;
      if (timeOf(last) <= timeOf(heap[child] as Queue)) break;
      heap[at] = heap[child] as Queue;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

const timeOf = (queue: Queue): number => (queue[0] as Outgoing).timestamp;
