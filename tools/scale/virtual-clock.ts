import type { Cancel, Clock } from '@kstreams/core/graph';

/** A call at a virtual time. */
interface Event {
  readonly at: number;
  readonly order: number;
  call: (() => void) | undefined;
}

/** A clock in virtual time: it jumps to the next event once nothing is left to do. */
export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  /** A binary heap, the next event first. */
  readonly #events: Event[] = [];

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): Cancel {
    const event: Event = { at: this.#now + Math.max(0, ms), order: this.#order++, call };
    this.#push(event);
    return () => {
      event.call = undefined;
    };
  }

  /** Runs events until a condition holds. Throws when it does not within `limit` virtual ms. */
  async until(what: string, holds: () => boolean, limit: number): Promise<void> {
    const end = this.#now + limit;
    for (;;) {
      await new Promise((next) => setImmediate(next));
      if (holds()) return;
      const next = this.#events[0];
      if (next === undefined || next.at > end) throw new Error(`not within ${limit} virtual ms: ${what}`);
      this.#now = next.at;
      while (this.#events[0]?.at === this.#now) this.#pop()?.call?.();
    }
  }

  #push(event: Event): void {
    const heap = this.#events;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#events;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
