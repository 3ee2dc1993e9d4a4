import {
  type AnyProcess,
  type AnySerde,
  type Bytes,
  type Coordinates,
  type Decoder,
  invalidTimestamp,
  isPromise,
  type NodeId,
  Pending,
  type Received,
  reasonOf,
  record,
  refusePromise,
  SerdeError,
  type SourceNode,
  type StreamRecord,
} from '@kstreams/core/graph';
import type { OffsetRange } from '../async/finished-offsets.js';
import type { SourcePartition, TrackedPartition } from '../async/in-flight-records.js';
import type { Lineage, Progress } from '../async/offset-metadata.js';
import type { TopicCounters } from '../telemetry/metrics.js';
import { reportsKeyBytes } from './key-bytes.js';

/** Decodes a record. Throws a `SerdeError` with its coordinates, or the error of its timestamp extractor. */
export type Decode = (received: Received, partitionTime: number) => StreamRecord<unknown, unknown>;

/** The part of a source that decoding uses. */
export type DecodedSource = Pick<SourceNode, 'key' | 'value' | 'timestamp'> & {
  readonly id: string;
  readonly nulls?: SourceNode['nulls'];
};

/** Returns the decoder of a source. `now` is the wall clock, for timestamp extractors. */
export const decodeOf = (source: DecodedSource, now: () => number): Decode => {
  const { id, key: keySerde, value: valueSerde, timestamp: extract } = source;
  const valueNulls = valueSerde.nullable === true || source.nulls === 'pass';
  const keyNulls = keySerde.nullable === true || source.nulls === 'pass';
  return (received, partitionTime) => {
    const key = decodePart('key', keySerde, received.key, keyNulls, received, id);
    const value = decodePart('value', valueSerde, received.value, valueNulls, received, id);
    const decoded = record(key, value, received.timestamp, received.headers);
    if (extract === undefined) {
      if (Number.isSafeInteger(received.timestamp)) return decoded;
      throw invalidTimestamp('the timestamp on the log', received.timestamp);
    }
    const timestamp = extract(decoded, partitionTime, now());
    if (Number.isSafeInteger(timestamp)) return record(key, value, timestamp, received.headers);
    throw invalidTimestamp('the extracted timestamp', timestamp);
  };
};

const decodePart = (
  part: 'key' | 'value',
  serde: AnySerde,
  bytes: Bytes | null,
  nulls: boolean,
  received: Received,
  node: string,
): unknown => {
  if (bytes === null) {
    if (nulls) return null;
    throw new SerdeError(
      `the ${part} is null, which ${serde.name} does not allow: use nullable(…), a table, or an error policy`,
      placeOf(received, node),
    );
  }
  try {
    const decoded = serde.decode(bytes, received as Coordinates);
    if (typeof decoded === 'object' && isPromise(decoded)) refusePromise(decoded, 'decode');
    return decoded;
  } catch (thrown) {
    if (thrown instanceof Pending) throw thrown;
    throw new SerdeError(`the ${part} is not ${serde.name}: ${reasonOf(thrown)}`, placeOf(received, node), thrown);
  }
};

const placeOf = ({ topic, partition, offset }: Received, node: string) => ({ node, topic, partition, offset });

/** Number of processed records at the start of the buffer from which on it is compacted. */
const compactAt = 1_024;

/** Number of waiting records from which their size is estimated. */
const measured = 16;

/**
 * The polled records of one partition, in offset order. The head is decoded once: its timestamp orders the partitions of
 * the task.
 */
export class RecordQueue implements SourcePartition {
  readonly topic: string;
  readonly partition: number;
  readonly node: NodeId;
  readonly key: Decoder<unknown>;
  readonly value: Decoder<unknown>;
  /** Processes a record of the source. */
  readonly process: AnyProcess;
  readonly counters: TopicCounters;
  /** Its records in flight, where the task has async stages. */
  tracked: TrackedPartition | undefined = undefined;
  lineage: Lineage = {};
  /** True when the timestamps of records are those on the log. */
  readonly #writtenTime: boolean;
  readonly #decode: Decode;
  /** Records from `#first` up to `#end` are waiting. The array never shrinks, so that it is not allocated again. */
  readonly #records: (Received | undefined)[] = [];
  #first = 0;
  #end = 0;
  #head: StreamRecord<unknown, unknown> | undefined;
  #prefetched = 0;
  #time = -1;
  #nextOffset: number | undefined;
  #finished: readonly OffsetRange[] = [];
  #held = true;
  #paused = false;

  constructor(
    topic: string,
    partition: number,
    source: DecodedSource,
    process: AnyProcess,
    now: () => number,
    counters: TopicCounters,
    keyBytesDiffer?: (received: Received) => void,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.node = source.id;
    this.key = source.key;
    this.value = source.value;
    this.process = process;
    this.#writtenTime = source.timestamp === undefined;
    const decode = decodeOf(source, now);
    this.#decode = keyBytesDiffer === undefined ? decode : reportsKeyBytes(decode, source.key, keyBytesDiffer);
    this.counters = counters;
  }

  /** The largest timestamp read so far, in ms; -1 before the first record. */
  get time(): number {
    return this.#time;
  }

  /** The offset after the last processed record; `undefined` before the first. */
  get nextOffset(): number | undefined {
    return this.#nextOffset;
  }

  /** Offsets that an earlier run finished beyond its committed offset. */
  get finished(): readonly OffsetRange[] {
    return this.#finished;
  }

  /** Number of waiting records; 0 while paused. */
  get length(): number {
    return this.#paused ? 0 : this.buffered;
  }

  /** Number of waiting records, while paused too. */
  get buffered(): number {
    return this.#end - this.#first;
  }

  /** The approximate size of the keys and values of waiting records in bytes, from some of them. */
  get bufferedSize(): number {
    const step = Math.max(1, Math.floor(this.buffered / measured));
    let [count, size] = [0, 0];
    for (let at = this.#first; at < this.#end; at += step) {
      const { key, value } = this.#records[at] as Received;
      size += (key?.length ?? 0) + (value?.length ?? 0);
      count++;
    }
    return count === 0 ? 0 : Math.round((size / count) * this.buffered);
  }

  /** True while the application pauses the topic: its waiting records count as absent. */
  get paused(): boolean {
    return this.#paused;
  }

  /** The head, not decoded. */
  get received(): Received | undefined {
    return this.#records[this.#first];
  }

  /** Resumes from the progress of an earlier run. */
  resume({ finished = [], lineage, time }: Progress): void {
    this.#time = Math.max(this.#time, time);
    this.#finished = finished;
    const { partitions = this.lineage.partitions } = lineage ?? {};
    this.lineage = { ...this.lineage, partitions };
  }

  /** Begins at an offset that is not committed yet. */
  begin(offset: number): void {
    this.#nextOffset ??= offset;
  }

  /** Appends a polled record, unless an earlier run has finished it. */
  add(record: Received): void {
    this.counters.consumed.total++;
    if (this.#finished.length > 0 && this.#isFinished(record.offset)) return;
    this.#records[this.#end++] = record;
  }

  /** Returns the decoded head. Throws an error of decoding, again at each call. */
  head(): StreamRecord<unknown, unknown> {
    this.#head ??= this.#decode(this.#records[this.#first] as Received, this.#time);
    return this.#head;
  }

  /** The decoded head; undefined while it is not decoded. */
  get decodedHead(): StreamRecord<unknown, unknown> | undefined {
    return this.#head;
  }

  /**
   * Returns the bytes of the head's key or value if an encoder writes the same ones for a text: its serde is that of the
   * source and has one form for each value. Returns `undefined` for other texts, which have to be encoded.
   */
  textBytes(part: 'key' | 'value', encoder: AnySerde, text: string): Bytes | undefined {
    if (this.#head?.[part] !== text || encoder !== this[part] || encoder.primitive !== true) return undefined;
    return this.received?.[part] ?? undefined;
  }

  /** Decodes a record that was parked before it could be decoded. */
  decode(received: Received): StreamRecord<unknown, unknown> {
    return this.#decode(received, this.#time);
  }

  /** True when the head has a timestamp, so that other records may overtake it. Decodes it if its value has the timestamp. */
  get canPark(): boolean {
    return this.#writtenTime || this.headTimestamp > Number.NEGATIVE_INFINITY;
  }

  /**
   * The timestamp that orders the head among partitions, in ms. A head that cannot be decoded has the written one. A head
   * that cannot be decoded yet comes first if its timestamp is in its value.
   */
  get headTimestamp(): number {
    try {
      return this.head().timestamp;
    } catch (thrown) {
      if (thrown instanceof Pending && !this.#writtenTime) return Number.NEGATIVE_INFINITY;
      return (this.#records[this.#first] as Received).timestamp;
    }
  }

  /** The timestamp of the head, in ms; undefined when it cannot be decoded. */
  get decodedTimestamp(): number | undefined {
    return this.headTimestamp > Number.NEGATIVE_INFINITY ? this.#head?.timestamp : undefined;
  }

  /** Advances partition time to a timestamp. */
  advanceTime(timestamp: number): void {
    if (timestamp > this.#time) this.#time = timestamp;
  }

  /** Removes the processed head. */
  advance(): void {
    const { offset } = this.#records[this.#first] as Received;
    this.#records[this.#first++] = undefined;
    if (this.#first === this.#end) {
      this.#first = 0;
      this.#end = 0;
    } else if (this.#first >= compactAt && this.#first * 2 >= this.#end) this.#compact();
    this.#nextOffset = this.#finished.length === 0 ? offset + 1 : this.#afterFinished(offset + 1);
    this.#head = undefined;
    if (this.#prefetched > 0) this.#prefetched--;
  }

  /** Moves an empty queue on to an offset. Returns true when it was before it. */
  skipTo(offset: number): boolean {
    if (this.buffered > 0 || this.#nextOffset === undefined || offset <= this.#nextOffset) return false;
    this.#nextOffset = offset;
    return true;
  }

  /** Drops all waiting records. */
  clear(): void {
    this.#records.length = 0;
    this.#first = 0;
    this.#end = 0;
    this.#prefetched = 0;
    this.#head = undefined;
  }

  /** Returns at most `max` waiting records that were not returned before. */
  takeUnprefetched(max: number): readonly Received[] {
    const from = this.#first + this.#prefetched;
    const records = this.#records.slice(from, Math.min(from + max, this.#end)) as Received[];
    this.#prefetched += records.length;
    return records;
  }

  /** Pauses or resumes the partition for the application. */
  pause(paused: boolean): void {
    this.#paused = paused;
  }

  /** Sets if the consumer holds the partition back. A new queue is held back. */
  hold(held: boolean): void {
    this.#held = held;
  }

  /**
   * Returns the change that the consumer should make: hold the partition back, or let it flow; `undefined` for none. A
   * full queue is held back until half of `limit` is left.
   */
  flowChange(limit: number): 'hold' | 'flow' | undefined {
    if (!this.#held) return this.#paused || this.length >= limit ? 'hold' : undefined;
    return !this.#paused && this.length <= limit / 2 ? 'flow' : undefined;
  }

  /** Moves the waiting records to the start of the array. */
  #compact(): void {
    this.#records.copyWithin(0, this.#first, this.#end);
    this.#records.fill(undefined, this.#end - this.#first, this.#end);
    this.#end -= this.#first;
    this.#first = 0;
  }

  #afterFinished(offset: number): number {
    return this.#finished.find(([from, to]) => from <= offset && offset < to)?.[1] ?? offset;
  }

  #isFinished(offset: number): boolean {
    return this.#finished.some(([from, to]) => from <= offset && offset < to);
  }
}
