import type { Outgoing, TopicPartition } from '@kstreams/core/graph';
import type { ProducerIdentity } from '../records/batch-builder.js';
import { PendingBatch } from './pending-batch.js';

/** The bounds of batches. */
export interface BatchBounds {
  readonly bytes: number;
  /** True for one record per batch. */
  readonly single: boolean;
  /** True to keep records, for the report of a failure. */
  readonly keepsRecords: boolean;
}

/** The batches of one partition, in order. One is in flight at a time, so that none overtakes another. */
export class PartitionQueue implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly #bounds: BatchBounds;
  readonly #batches: PendingBatch[] = [];
  #appended = 0;
  #settled = 0;
  inFlight = false;
  /** The identity under which its batches are written; `undefined` for that of the producer. */
  identity: ProducerIdentity | undefined;
  /** The sequence number of the next batch under this identity. */
  sequence = 0;
  /** The monotonic time since which the partition is missing in the metadata, in ms. */
  missingSince: number | undefined;
  /** The offset after the last acknowledged record. */
  end: number | undefined;
  /** True while the partition is part of the open transaction. */
  inTransaction = false;

  constructor({ topic, partition }: TopicPartition, bounds: BatchBounds) {
    this.topic = topic;
    this.partition = partition;
    this.#bounds = bounds;
  }

  /** The number of records so far. */
  get appended(): number {
    return this.#appended;
  }

  /** The number of records that were acknowledged or failed. */
  get settled(): number {
    return this.#settled;
  }

  /** The next batch to send. */
  get head(): PendingBatch | undefined {
    return this.#batches[0];
  }

  /** True when its first batch is full. */
  get full(): boolean {
    const head = this.#batches[0];
    return this.#batches.length > 1 || (head !== undefined && this.#isFull(head));
  }

  /** The number of records that were not sent. */
  get unsent(): number {
    return this.#appended - this.#settled - (this.inFlight ? (this.head?.count ?? 0) : 0);
  }

  /** Adds a record; true when it fills a batch. */
  add(record: Outgoing, size: number, now: number): boolean {
    this.#appended++;
    let last = this.#batches.at(-1);
    const closed =
      last === undefined ||
      this.#isFull(last) ||
      last.size + size > this.#bounds.bytes ||
      last.sent ||
      (this.inFlight && this.#batches.length === 1);
    if (closed) {
      last = new PendingBatch(now, this.#bounds.keepsRecords);
      this.#batches.push(last);
    }
    (last as PendingBatch).add(record);
    return this.full;
  }

  /** Removes the first batch. */
  shift(): PendingBatch | undefined {
    const batch = this.#batches.shift();
    this.#settled += batch?.count ?? 0;
    return batch;
  }

  /** Removes all batches but one in flight; returns the number of their records. */
  drop(): number {
    const dropped = this.#batches.splice(this.inFlight ? 1 : 0);
    const count = dropped.reduce((sum, one) => sum + one.count, 0);
    this.#settled += count;
    return count;
  }

  #isFull(batch: PendingBatch): boolean {
    return this.#bounds.single || batch.size >= this.#bounds.bytes;
  }
}
