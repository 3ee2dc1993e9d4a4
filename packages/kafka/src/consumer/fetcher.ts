import type { Clock, Position, Received, TopicPartition } from '@kstreams/core/graph';
import { codes, delay, errorOf, requestTimeout } from '@kstreams/kafka-common';
import type { ConsumerEvents, NativeError, NativeFetching, NativeMessage } from '../client/addon.js';
import { attempt } from '../client/attempt.js';
import type { Callbacks } from '../client/callbacks.js';
import { nativeCall } from '../client/native-call.js';
import { receivedOf } from '../client/records.js';
import { AssignedPartition, AssignedPartitions } from './assigned-partitions.js';

/** The time for which a partition that is not at its end may return nothing before it counts as stalled, in ms. */
const longestSilence = 1_000;
/** The pause between two looks for stalled partitions, in ms. */
const checkPause = 1_000;
/** The pause before another attempt to seek, in ms. */
const seekPause = 5;

/**
 * Fetches the records of the assigned partitions.
 *
 * A pause does not reach the client at first: the client would drop its fetched records and fetch them again. Records of
 * a paused partition are buffered, and the client pauses only partitions with a full buffer.
 *
 * The client runs a fetch on a thread, some time after the call. Assignments and seeks are applied between two fetches
 * only. So a fetch returns records of the assignment at its start, and nothing of later changes.
 */
export class Fetcher {
  readonly #native: NativeFetching;
  readonly #clock: Clock;
  readonly #inGroup: boolean;
  readonly #partitions = new AssignedPartitions();
  /** Assignment changes and seeks to apply before the next fetch, in order. */
  readonly #changes: (() => void | Promise<void>)[] = [];
  #fetches = 0;
  #outOfRange = false;
  /** True when the client may have dropped an error: of a fetch it returns either records or an error. */
  #mayHaveDropped = false;
  #received = 0;
  /** The monotonic time at which the current fetch began, in ms. */
  #began = 0;
  /** The monotonic time before which no stalled partition is looked for, in ms. */
  #nextCheck = Number.NEGATIVE_INFINITY;
  #lastCall: Promise<unknown> = Promise.resolve();
  /** Receives the records of the current fetch; `undefined` while all of them are buffered. */
  #polled: Received[] | undefined;

  /** `inGroup` is false for a consumer without a group, which needs no right on the group that the client requires. */
  constructor(native: NativeFetching, clock: Clock, callbacks: Callbacks, inGroup = true) {
    this.#inGroup = inGroup;
    this.#native = native;
    this.#clock = clock;
    // Each fetch takes a thread of libuv's pool: with a timeout of 0 it never blocks one.
    native.setDefaultConsumeTimeout(0);
    callbacks.listen<ConsumerEvents, 'data'>(native, 'data', (message) => this.#receive(message));
    callbacks.listen<ConsumerEvents, 'partition.eof'>(native, 'partition.eof', (end) =>
      this.#current(end)?.reachEnd(end.offset),
    );
  }

  /** Returns an assigned partition. */
  find({ topic, partition }: TopicPartition): AssignedPartition | undefined {
    return this.#partitions.find(topic, partition);
  }

  /** True when the client stopped to fetch a partition, because its position is out of range. */
  get outOfRange(): boolean {
    return this.#outOfRange;
  }

  /** True when a partition returns nothing for a while, after a fetch that may have dropped the error of its position. */
  hasStalled(): boolean {
    const now = this.#clock.monotonic();
    if (!this.#mayHaveDropped || now < this.#nextCheck) return false;
    this.#nextCheck = now + checkPause;
    const stalled = [...this.#partitions].some((one) => one.silentSince < now - longestSilence);
    if (stalled) this.#mayHaveDropped = false;
    return stalled;
  }

  /** The assigned partitions with the offsets of the next records to fetch. */
  get fetchPositions(): readonly Position[] {
    return [...this.#partitions].map(({ topic, partition, fetchPosition: offset }) => ({ topic, partition, offset }));
  }

  /** Fetches partitions from other offsets. Their polled and buffered records stay. */
  refetch(positions: readonly Position[]): void {
    this.#outOfRange = false;
    for (const position of positions) {
      const found = this.find(position);
      if (found === undefined) continue;
      found.refetch(position.offset, this.#fetches + 1, this.#clock.monotonic());
      this.#changes.push(() => {
        if (this.find(position) !== found) return;
        // The client cannot seek a partition that it has stopped to fetch.
        attempt('partitions cannot be assigned', () => {
          this.#native.incrementalUnassign([position]);
          this.#native.incrementalAssign([position]);
        });
      });
    }
  }

  /** The topics of the assigned partitions. */
  get topics(): readonly string[] {
    return [...new Set([...this.#partitions].map(({ topic }) => topic))];
  }

  /** The number of fetched records that were not polled. */
  get buffered(): number {
    let sum = 0;
    for (const { buffered } of this.#partitions) sum += buffered;
    return sum;
  }

  /** Adds partitions, which the client fetches from the next fetch on. */
  add(positions: readonly Position[], paused: boolean): void {
    const assigned = positions.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
    this.#changes.push(() => attempt('partitions cannot be assigned', () => this.#native.incrementalAssign(assigned)));
    for (const position of assigned) {
      this.#partitions.add(new AssignedPartition(position, this.#fetches + 1, paused, this.#clock.monotonic()));
    }
  }

  /** Removes partitions; their buffered records are dropped. */
  remove(partitions: readonly TopicPartition[]): void {
    const known = partitions.filter((one) => this.find(one) !== undefined);
    const dropped = known.map(({ topic, partition }) => ({ topic, partition }));
    this.#changes.push(() =>
      attempt('partitions cannot be unassigned', () => this.#native.incrementalUnassign(dropped)),
    );
    for (const one of known) this.#partitions.delete(one);
  }

  /** Removes all partitions at once. Not to be called during a fetch. */
  removeAll(): void {
    this.remove([...this.#partitions]);
    for (const change of this.#changes.splice(0)) void change();
  }

  /** Returns at most `max` buffered records of partitions that are not paused. */
  take(max: number): Received[] {
    const polled: Received[] = [];
    for (const one of this.#partitions) one.takeBuffered(max - polled.length, polled);
    return polled;
  }

  /** Fetches at most `max` records. Runs pending callbacks of rebalances and commits, also while everything is paused. */
  async fetch(max: number): Promise<readonly Received[]> {
    const polled: Received[] = [];
    const flowing = [...this.#partitions].some(({ paused }) => !paused);
    await this.#fetch(flowing ? max : 1, polled);
    return polled;
  }

  /** Runs pending callbacks of rebalances and commits outside of a poll; a fetched record is buffered. */
  serve(): Promise<void> {
    return this.#fetch(1, undefined);
  }

  /** Continues a partition from another offset; resolves when the client has applied it. */
  async seek(to: Position): Promise<void> {
    const found = this.find(to);
    if (found === undefined) return;
    found.seek(to.offset, this.#fetches + 1);
    this.#changes.push(() => (this.find(to) === found ? this.#seek(to) : undefined));
    await this.#enqueue(() => this.#applyChanges());
  }

  /** Resolves when no fetch is running. */
  async idle(): Promise<void> {
    // The caller of that fetch has the error.
    await this.#lastCall.catch(() => {});
  }

  #fetch(max: number, polled: Received[] | undefined): Promise<void> {
    return this.#enqueue(async () => {
      await this.#applyChanges();
      this.#pauseAndResume();
      this.#fetches++;
      this.#polled = polled;
      this.#received = 0;
      this.#began = this.#clock.monotonic();
      await nativeCall((done) => this.#native.consume(max, done)).catch((thrown: NativeError) => {
        if (thrown.code === codes.noReset) this.#outOfRange = true;
        else if (this.#inGroup || thrown.code !== codes.groupAuthorization) throwIfFinal(thrown);
      });
      if (this.#received > 0 && this.#received < max) this.#mayHaveDropped = true;
    });
  }

  async #seek({ topic, partition, offset }: Position): Promise<void> {
    const deadline = this.#clock.monotonic() + requestTimeout;
    for (;;) {
      try {
        await nativeCall((done) => this.#native.seek({ topic, partition, offset }, requestTimeout, done));
        return;
      } catch (thrown) {
        // The client starts to fetch a new partition some time after its assignment; until then it cannot seek.
        const failure = thrown as NativeError;
        if (failure.code !== codes.wrongState || this.#clock.monotonic() > deadline) {
          throw errorOf('seeking failed', failure, { topic, partition, offset });
        }
        await delay(this.#clock, seekPause);
      }
    }
  }

  /** Runs one call to the client at a time, in order: results must not overtake each other. */
  #enqueue(call: () => Promise<void>): Promise<void> {
    const next = this.#lastCall.then(call);
    // The caller has the error; the next call runs all the same.
    this.#lastCall = next.catch(() => {});
    return next;
  }

  async #applyChanges(): Promise<void> {
    while (this.#changes.length > 0) await this.#changes.shift()?.();
  }

  #receive(message: NativeMessage): void {
    this.#received++;
    this.#current(message)?.receive(receivedOf(message), this.#polled, this.#began);
  }

  /** Returns the partition of an event, unless the event is of a stale fetch. */
  #current({ topic, partition }: TopicPartition): AssignedPartition | undefined {
    const found = this.#partitions.find(topic, partition);
    return found === undefined || found.isStale(this.#fetches) ? undefined : found;
  }

  /** Applied between two fetches only: then the client's own position is that of its last record. */
  #pauseAndResume(): void {
    for (const one of this.#partitions) {
      const change = one.nextFetchChange();
      if (change !== undefined) this.#native[change]([{ topic: one.topic, partition: one.partition }]);
    }
  }
}

/** Ignores errors of a poll that the client recovers from; throws fatal and authorization errors. */
const throwIfFinal = (thrown: unknown): void => {
  const failure = thrown as NativeError;
  const final = failure.isFatal === true || failure.code === codes.fatal || codes.authorization.includes(failure.code);
  if (final) throw errorOf('reading failed', failure);
};
