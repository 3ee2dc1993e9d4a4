import type { Received, TopicPartition } from '@kstreams/core/graph';
import type { OffsetRange } from './finished-offsets.js';
import type { Lineage } from './offset-metadata.js';

/** The progress of a source partition, as its queue keeps it. */
export interface SourcePartition extends TopicPartition {
  /** The topics that its offsets belong to. */
  readonly lineage: Lineage;
  /** The largest timestamp read so far, in ms; -1 before the first record. */
  readonly time: number;
  /** The offset after the last record that was taken; `undefined` before the first. */
  readonly nextOffset: number | undefined;
  /** Offsets that an earlier run finished beyond its committed offset. */
  readonly finished: readonly OffsetRange[];
}

/** A source partition and its records in flight. */
export class TrackedPartition {
  readonly source: SourcePartition;
  /** Number of unfinished records. */
  unfinished = 0;
  /** Checks that the commit metadata has room for more records. */
  budget: { readonly spent: boolean } | undefined = undefined;

  constructor(source: SourcePartition) {
    this.source = source;
  }
}

/** An unfinished source record or punctuation. Instances are pooled: a finished one is reused. */
export class InFlightRecord {
  /** Its position in the order of beginning. */
  sequence = 0;
  /** Undefined for a punctuation, which no offset repeats. */
  partition: TrackedPartition | undefined = undefined;
  received: Received | undefined = undefined;
  /** The task's stream time with it. */
  time = -1;
  /** The partition's time before it. */
  partitionTime = -1;
  /** Number of unfinished parts: its own processing, and calls. */
  pending = 0;
  older: InFlightRecord | undefined = undefined;
  newer: InFlightRecord | undefined = undefined;
}

/** The records and punctuations of a task in flight, oldest first. A record is finished when everything derived from it is. */
export class InFlightRecords {
  #oldest: InFlightRecord | undefined;
  #newest: InFlightRecord | undefined;
  #current = new InFlightRecord();
  /** The first free instance; `newer` links the others. */
  #free: InFlightRecord | undefined;
  #begun = 0;
  #punctuations = 0;
  #count = 0;

  /** The record or punctuation that is being processed. */
  get current(): InFlightRecord {
    return this.#current;
  }

  set current(record: InFlightRecord) {
    this.#current = record;
  }

  get oldest(): InFlightRecord | undefined {
    return this.#oldest;
  }

  /** Number of records and punctuations in flight. */
  get count(): number {
    return this.#count;
  }

  /** True when a punctuation is in flight, which no offset repeats. */
  get hasPunctuations(): boolean {
    return this.#punctuations > 0;
  }

  /** Begins a record or punctuation and makes it current. Its processing is pending until `release`. */
  begin(time: number, partition?: TrackedPartition, received?: Received): InFlightRecord {
    const record = this.#free ?? new InFlightRecord();
    const older = this.#newest;
    this.#free = record.newer;
    record.sequence = this.#begun++;
    record.partition = partition;
    record.received = received;
    record.time = time;
    record.partitionTime = partition === undefined ? -1 : partition.source.time;
    record.pending = 1;
    record.older = older;
    record.newer = undefined;
    if (older === undefined) this.#oldest = record;
    else older.newer = record;
    this.#newest = record;
    this.#count++;
    if (partition === undefined) this.#punctuations++;
    else partition.unfinished++;
    this.#current = record;
    return record;
  }

  /** Finishes one part of a record; the last part finishes the record. */
  release(record: InFlightRecord): void {
    if (--record.pending > 0) return;
    this.#count--;
    const { newer, older, partition } = record;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (partition === undefined) this.#punctuations--;
    else partition.unfinished--;
    record.partition = undefined;
    record.received = undefined;
    record.older = undefined;
    record.newer = this.#free;
    this.#free = record;
  }

  /** Yields the unfinished records of a partition, in order. */
  *of(partition: TrackedPartition): Iterable<InFlightRecord> {
    if (partition.unfinished === 0) return;
    for (let record = this.#oldest; record !== undefined; record = record.newer)
      if (record.partition === partition) yield record;
  }
}
