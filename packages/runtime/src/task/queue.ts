import type { AnyProcess, Bytes, NodeId, Received, StreamRecord } from '@kstreams/core/graph';
import type { OffsetRange } from '../async/finished-offsets.js';
import { Fifo } from './fifo.js';
import type { Progress } from './progress.js';
import type { Decode } from './source.js';

/**
 * The records of one partition that were polled and not processed yet. The head is decoded once, since its timestamp
 * decides which partition of the task is next.
 */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly node: NodeId;
  readonly process: AnyProcess;
  /** The largest timestamp read so far, or -1. */
  time = -1;
  /** Whether the partition is held back; it arrives so. */
  held = true;
  /** Whether the application holds its topic back: what was polled then waits, and counts as not there. */
  paused = false;
  /** The offset after the last record that is done; `undefined` before the first. */
  done: number | undefined;
  /** What an earlier run finished beyond the offset it committed: not to be done again. */
  finished: readonly OffsetRange[] = [];
  /** How many records were taken from it of which something is still under way. */
  unfinished = 0;
  /** Whether a commit can still note what is finished, where records finish in any order. */
  room: { readonly full: boolean } | undefined;
  readonly #decode: Decode;
  readonly #records = new Fifo<Received>();
  /** How many of the records were looked at ahead of their turn. */
  #ahead = 0;
  #head: StreamRecord<unknown, unknown> | undefined;

  constructor(topic: string, partition: number, node: NodeId, process: AnyProcess, decode: Decode) {
    this.topic = topic;
    this.partition = partition;
    this.node = node;
    this.process = process;
    this.#decode = decode;
  }

  /** How many records wait to be processed. */
  get length(): number {
    return this.paused ? 0 : this.#records.length;
  }

  /** The record next in line, as it was read. */
  get received(): Received | undefined {
    return this.#records.head;
  }

  /** Takes up where an earlier run was, from what was committed. */
  resume({ finished = [], time }: Progress): void {
    this.time = Math.max(this.time, time);
    this.finished = finished;
  }

  add(record: Received): void {
    if (this.finished.length > 0 && this.#isFinished(record.offset)) return;
    this.#records.push(record);
  }

  /** The keys of records that wait, at most so many; those of each record once. */
  takeKeysAhead(max: number): Bytes[] {
    const keys: Bytes[] = [];
    for (; this.#ahead < this.#records.length && keys.length < max; this.#ahead++) {
      const { key } = this.#records.at(this.#ahead) as Received;
      if (key !== null) keys.push(key);
    }
    return keys;
  }

  /** The head with its types; throws what decoding throws, again at each call. */
  head(): StreamRecord<unknown, unknown> {
    this.#head ??= this.#decode(this.#records.head as Received, this.time);
    return this.#head;
  }

  /** The timestamp that puts the head in line; that of a head that cannot be decoded is the one it was written with. */
  get headTimestamp(): number {
    try {
      return this.head().timestamp;
    } catch {
      return (this.#records.head as Received).timestamp;
    }
  }

  /** The head is done: its offset counts as finished. */
  advance(): void {
    const { offset } = this.#records.shift() as Received;
    this.done = this.#afterFinished(offset + 1);
    this.#head = undefined;
    if (this.#ahead > 0) this.#ahead--;
  }

  /** Forgets what waits. */
  clear(): void {
    this.#records.clear();
    this.#ahead = 0;
    this.#head = undefined;
  }

  /** The first offset from there on that an earlier run has not finished. */
  #afterFinished(offset: number): number {
    if (this.finished.length === 0) return offset;
    return this.finished.find(([from, to]) => from <= offset && offset < to)?.[1] ?? offset;
  }

  #isFinished(offset: number): boolean {
    return this.finished.some(([from, to]) => from <= offset && offset < to);
  }
}
