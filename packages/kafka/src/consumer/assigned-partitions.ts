import type { Position, Received, TopicPartition } from '@kstreams/core/graph';

/** The number of records that a paused partition buffers before the client stops fetching it. */
const bufferLimit = 1_000;

/** One assigned partition: its position, its pause and its buffered records. */
export class AssignedPartition implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  /** Records that arrived while they could not be polled, in order. */
  readonly #buffered: Received[] = [];
  #position: number;
  /** The offset of the next record to fetch. */
  get fetchPosition(): number {
    const last = this.#buffered.at(-1);
    return last === undefined ? this.#position : last.offset + 1;
  }

  /** The end of the partition while the client has nothing more of it; `undefined` otherwise. */
  #end: number | undefined;
  #paused: boolean;
  #fetchPaused = false;
  #firstFetch: number;

  /** The monotonic time since which nothing has arrived, in ms. */
  #since: number;

  /**
   * Records of fetches before `firstFetch` are dropped: they belong to an earlier assignment or position. `now` is a
   * monotonic time in ms.
   */
  constructor({ topic, partition, offset }: Position, firstFetch: number, paused: boolean, now: number) {
    this.#since = now;
    this.topic = topic;
    this.partition = partition;
    this.#position = offset;
    this.#firstFetch = firstFetch;
    this.#paused = paused;
  }

  /** The offset after the last polled record. */
  get position(): number {
    return this.#position;
  }

  /** The end of the partition while the client has nothing more of it; `undefined` otherwise. */
  get end(): number | undefined {
    return this.#end;
  }

  /** The monotonic time since which nothing has arrived, in ms; `Infinity` at the end, and while it is not fetched. */
  get silentSince(): number {
    return this.#end !== undefined || this.#fetchPaused ? Number.POSITIVE_INFINITY : this.#since;
  }

  /** The number of buffered records. */
  get buffered(): number {
    return this.#buffered.length;
  }

  /** True when every fetched record has been polled and the client has no more. */
  get caughtUp(): boolean {
    return this.#end !== undefined && this.#buffered.length === 0;
  }

  /** True while its records are not polled. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Pauses or resumes polling. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
  }

  /** Continues from another offset and drops its buffered records. */
  seek(offset: number, firstFetch: number): void {
    this.#firstFetch = firstFetch;
    this.#position = offset;
    this.#end = undefined;
    this.#buffered.length = 0;
  }

  /** Fetches on from another offset; buffered records stay. */
  refetch(offset: number, firstFetch: number, now: number): void {
    this.#since = now;
    this.#firstFetch = firstFetch;
    this.#end = undefined;
    this.#fetchPaused = false;
    if (this.#buffered.length === 0) this.#position = offset;
  }

  /** True for a fetch that began before this assignment or the last seek. */
  isStale(fetch: number): boolean {
    return fetch < this.#firstFetch;
  }

  /** Appends a record to `polled`, or buffers it while it may not be polled. */
  receive(record: Received, polled: Received[] | undefined, now: number): void {
    this.#since = now;
    this.#end = undefined;
    if (polled === undefined || this.#paused || this.#buffered.length > 0) {
      this.#buffered.push(record);
    } else {
      polled.push(record);
      this.#position = record.offset + 1;
    }
  }

  /** Marks the end of the partition. It may lie behind the last record: transaction markers have offsets too. */
  reachEnd(offset: number): void {
    this.#end = offset;
    if (this.#buffered.length === 0) this.#position = offset;
  }

  /** Moves at most `max` buffered records to `polled`, unless paused. */
  takeBuffered(max: number, polled: Received[]): void {
    if (this.#paused || this.#buffered.length === 0 || max <= 0) return;
    const taken = this.#buffered.splice(0, max);
    polled.push(...taken);
    this.#position = (taken.at(-1) as Received).offset + 1;
    if (this.#buffered.length === 0) this.#position = this.#end ?? this.#position;
  }

  /** Returns the change that the client needs now: paused partitions are fetched until their buffer is full. */
  nextFetchChange(): 'pause' | 'resume' | undefined {
    const pause = this.#paused && this.#buffered.length >= bufferLimit;
    if (pause === this.#fetchPaused || (!pause && this.#paused)) return undefined;
    this.#fetchPaused = pause;
    return pause ? 'pause' : 'resume';
  }
}

/** The assigned partitions by topic and number; a lookup per record builds no key. */
export class AssignedPartitions implements Iterable<AssignedPartition> {
  readonly #byTopic = new Map<string, (AssignedPartition | undefined)[]>();

  find(topic: string, partition: number): AssignedPartition | undefined {
    return this.#byTopic.get(topic)?.[partition];
  }

  add(partition: AssignedPartition): void {
    const ofTopic = this.#byTopic.get(partition.topic) ?? [];
    ofTopic[partition.partition] = partition;
    this.#byTopic.set(partition.topic, ofTopic);
  }

  delete({ topic, partition }: TopicPartition): void {
    const ofTopic = this.#byTopic.get(topic);
    if (ofTopic === undefined) return;
    delete ofTopic[partition];
    if (ofTopic.every((one) => one === undefined)) this.#byTopic.delete(topic);
  }

  *[Symbol.iterator](): Iterator<AssignedPartition> {
    for (const ofTopic of this.#byTopic.values()) {
      for (const one of ofTopic) if (one !== undefined) yield one;
    }
  }
}
