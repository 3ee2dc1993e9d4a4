import type { Bytes } from '@kstreams/core/graph';
import { hashOf } from '../segment/bloom-filter.js';

/** The number of marks, as a power of two. Keys that share one are taken for each other, which costs a later read at most. */
const count = 2 ** 20;

/** The keys that were read since they were last taken, about. */
export class RecentKeys {
  readonly #marks = new Uint8Array(count);

  /** Marks a key as read. */
  add(key: Bytes): void {
    this.#marks[hashOf(key) & (count - 1)] = 1;
  }

  /** Returns true once after a read of the key. */
  take(key: Bytes): boolean {
    const at = hashOf(key) & (count - 1);
    const isRecent = this.#marks[at] === 1;
    this.#marks[at] = 0;
    return isRecent;
  }
}
