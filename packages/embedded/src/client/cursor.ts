import type { ConsumerOptions, Isolation, Received } from '@kstreams/core/graph';
import type { PartitionLog } from '../log/partition-log.js';

/** Numbers of reads from memory and from the storage. */
export interface ReadCounts {
  hits: number;
  misses: number;
}

/** Position of a consumer in a partition, with the records fetched ahead. */
export class Cursor {
  readonly log: PartitionLog;
  /** Offset at which the consumer began. */
  readonly begin: number;
  readonly #isolation: Isolation;
  readonly #reads: ReadCounts;
  readonly #removed: ConsumerOptions['removed'];
  paused = false;
  #next: number;
  #fetched: readonly Received[] = [];
  #at = 0;
  #after: number;

  constructor(
    log: PartitionLog,
    isolation: Isolation,
    next: number,
    reads: ReadCounts,
    removed?: ConsumerOptions['removed'],
  ) {
    this.#removed = removed;
    this.log = log;
    this.begin = next;
    this.#reads = reads;
    this.#isolation = isolation;
    this.#next = next;
    this.#after = next;
  }

  /** Offset after the last record taken. */
  get next(): number {
    return this.#next;
  }

  /** Number of records that can be taken now. */
  get fetched(): number {
    return this.#fetched.length - this.#at;
  }

  /** True when every readable record has been taken. */
  get caughtUp(): boolean {
    return this.#next >= this.end;
  }

  /** The readable end of the partition. */
  get end(): number {
    return this.log.readable(this.#isolation);
  }

  /** Reads on from another offset. */
  seek(offset: number): void {
    this.#next = offset;
    this.#fetched = [];
    this.#at = 0;
    this.#after = offset;
  }

  /** Fetches more when no record is left to take; skips aborted and deleted ones. */
  async fetch(): Promise<void> {
    if (this.fetched > 0 || this.caughtUp) return;
    this.#skipRemoved();
    const from = this.#next;
    const { cached, records, next } = await this.log.read(from, this.#isolation);
    this.#reads[cached ? 'hits' : 'misses']++;
    if (this.#next !== from || this.fetched > 0) return;
    this.#fetched = records;
    this.#at = 0;
    this.#after = next;
    if (records.length === 0) this.#next = next;
  }

  /** Continues after records that were deleted before they were read. */
  #skipRemoved(): void {
    const { start, topic, partition } = this.log;
    if (this.#removed === undefined || this.#next >= start) return;
    const from = this.#removed({ topic, partition, from: this.#next, to: start });
    this.seek(from === 'earliest' ? start : this.end);
  }

  /** Takes at most `max` of the fetched records. */
  take(max: number): readonly Received[] {
    const taken = this.#fetched.slice(this.#at, this.#at + max);
    this.#at += taken.length;
    const last = taken.at(-1);
    if (last !== undefined) this.#next = this.fetched === 0 ? this.#after : last.offset + 1;
    return taken;
  }
}
