import type { Position, Received, TopicPartition } from '@kstreams/core/graph';
import type { FetchedBatch } from '../records/fetched-batches.js';
import { RecordCursor } from '../records/record-cursor.js';

/** One assigned partition: its position, its pause and its fetched batches. Records are decoded when they are polled. */
export class PartitionBuffer implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly #batches: FetchedBatch[] = [];
  #cursor: RecordCursor | undefined;
  #cursorEnd = 0;
  #position: number;
  #fetchPosition: number;
  #bytes = 0;
  #records = 0;
  #end: number | undefined;
  #version = 0;
  paused: boolean;
  /** The monotonic time before which it is not fetched, in ms, after an error. */
  notBefore = 0;
  /** True while its position is out of range: it is not fetched. */
  outOfRange = false;

  constructor({ topic, partition, offset }: Position, paused: boolean) {
    this.topic = topic;
    this.partition = partition;
    this.#position = this.#fetchPosition = offset;
    this.paused = paused;
  }

  /** The offset after the last polled record. */
  get position(): number {
    return this.#position;
  }

  /** The offset of the next record to fetch. */
  get fetchPosition(): number {
    return this.#fetchPosition;
  }

  /** The number of the last seek: fetches of an earlier one are dropped. */
  get version(): number {
    return this.#version;
  }

  /** The bytes of fetched batches. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of fetched records that were not polled. */
  get buffered(): number {
    return this.#records;
  }

  /** The readable end as of the last fetch. */
  get end(): number | undefined {
    return this.#end;
  }

  /** True when all readable records as of the last fetch have been polled. */
  get caughtUp(): boolean {
    return this.#end !== undefined && this.#records === 0 && this.#fetchPosition >= this.#end;
  }

  /** Continues from another offset and drops fetched records. */
  seek(offset: number): void {
    this.#batches.length = 0;
    this.#cursor = undefined;
    this.#bytes = this.#records = 0;
    this.#position = offset;
    this.refetch(offset);
  }

  /** Fetches on from another offset; fetched records stay. */
  refetch(offset: number): void {
    this.#version++;
    this.#fetchPosition = offset;
    this.#end = undefined;
    this.outOfRange = false;
    this.notBefore = 0;
    if (this.#records === 0) this.#position = offset;
  }

  /** Adds the batches of a fetch. */
  receive(batches: readonly FetchedBatch[], end: number): void {
    this.#end = end;
    for (const batch of batches) {
      if (batch.nextOffset <= this.#fetchPosition) continue;
      this.#batches.push(batch);
      this.#bytes += batch.bytes.length;
      this.#records += batch.count;
      this.#fetchPosition = batch.nextOffset;
    }
    this.#skipEmpty();
  }

  /** Moves at most `max` records to `polled`, unless paused. */
  take(max: number, polled: Received[]): void {
    if (this.paused) return;
    for (let left = max; left > 0 && this.#records > 0; ) {
      const cursor = this.#cursor ?? this.#open();
      if (cursor.left === 0) {
        this.#close();
        continue;
      }
      const record = cursor.next();
      this.#records--;
      // A fetch returns whole batches, also with records before its position.
      if (record.offset < this.#position) continue;
      polled.push(record);
      this.#position = record.offset + 1;
      left--;
    }
    if (this.#cursor?.left === 0) this.#close();
    this.#skipEmpty();
  }

  #open(): RecordCursor {
    const batch = this.#batches[0] as FetchedBatch;
    this.#cursorEnd = batch.nextOffset;
    this.#cursor = new RecordCursor(this.topic, this.partition, batch);
    return this.#cursor;
  }

  #close(): void {
    this.#cursor = undefined;
    this.#drop(this.#cursorEnd);
  }

  /** Passes batches without records, such as those of aborted transactions and their ends. */
  #skipEmpty(): void {
    while (this.#cursor === undefined && this.#batches[0]?.count === 0) this.#drop(this.#batches[0].nextOffset);
  }

  #drop(position: number): void {
    const batch = this.#batches.shift();
    this.#bytes -= batch?.bytes.length ?? 0;
    this.#position = Math.max(this.#position, position);
  }
}
