import type { Clock, Position, Received, TopicPartition } from '@kstreams/core/graph';
import type { NativeConsumer, NativeError, NativeMessage } from './addon.js';
import { call, delay, requestTimeout } from './ask.js';
import { attempt, codes, errorOf } from './errors.js';
import { Partitions, type ReadPartition } from './partitions.js';
import { receivedOf } from './record.js';

/** How many records are kept for a partition that is held back before the client is told to stop fetching it. */
const keepLimit = 1_000;

/**
 * The partitions of a consumer and the way from the client's queue to them.
 *
 * A pause is only a mark here at first: telling the client makes it forget what it has fetched and fetch it again later.
 * What arrives for a partition that is held back is kept, and only where that becomes too much is the client told.
 *
 * The client answers a fetch on a thread of its own, some time after it was asked. It is told of partitions that come, go or
 * begin elsewhere only between two fetches: so what a fetch brings is of what was assigned when it was asked, and of
 * what came meanwhile it has nothing yet.
 */
export class Reader {
  readonly #native: NativeConsumer;
  readonly #clock: Clock;
  readonly #partitions = new Partitions();
  /** What the client is to be told before the next fetch, in order. */
  readonly #moves: (() => void | Promise<void>)[] = [];
  #fetches = 0;
  #fetching: Promise<unknown> = Promise.resolve();
  /** Where the records of this fetch go that may be polled; without it all are kept. */
  #into: Received[] | undefined;

  constructor(native: NativeConsumer, clock: Clock) {
    this.#native = native;
    this.#clock = clock;
    // The client calls its pool of threads for each fetch: with a time-out of zero no thread is ever kept waiting.
    native.setDefaultConsumeTimeout(0);
    native.on('data', (message) => this.#record(message));
    native.on('partition.eof', (end) => this.#ended(end));
  }

  find({ topic, partition }: TopicPartition): ReadPartition | undefined {
    return this.#partitions.find(topic, partition);
  }

  add(positions: readonly Position[], paused: boolean): void {
    const assigned = positions.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
    this.#moves.push(() => attempt('partitions cannot be assigned', () => this.#native.incrementalAssign(assigned)));
    for (const { topic, partition, offset } of positions) {
      const since = this.#fetches + 1;
      this.#partitions.add({
        topic,
        partition,
        position: offset,
        paused,
        stopped: false,
        end: undefined,
        kept: [],
        since,
      });
    }
  }

  remove(partitions: readonly TopicPartition[]): void {
    const known = partitions.filter((one) => this.find(one) !== undefined);
    const dropped = known.map(({ topic, partition }) => ({ topic, partition }));
    this.#moves.push(() => attempt('partitions cannot be let go', () => this.#native.incrementalUnassign(dropped)));
    for (const one of known) this.#partitions.delete(one);
  }

  /** Lets go of all partitions at once, while nothing is being fetched. */
  removeAll(): void {
    this.remove([...this.#partitions]);
    for (const move of this.#moves.splice(0)) void move();
  }

  /** Takes records that were kept, of partitions that flow. */
  take(max: number): Received[] {
    const records: Received[] = [];
    for (const one of this.#partitions) {
      if (one.paused || one.kept.length === 0 || records.length >= max) continue;
      records.push(...one.kept.splice(0, max - records.length));
      one.position = (records.at(-1) as Received).offset + 1;
      if (one.kept.length === 0) one.position = one.end ?? one.position;
    }
    return records;
  }

  /** Asks the client for what it has now: the records that may be polled, at most `max`. Rebalances and commits get on. */
  async fetch(max: number): Promise<readonly Received[]> {
    const records: Received[] = [];
    const flowing = [...this.#partitions].some(({ paused }) => !paused);
    await this.#fetch(flowing ? max : 1, records);
    return records;
  }

  /** Lets rebalances and commits get on outside of a poll; a record that comes with them is kept. */
  serve(): Promise<void> {
    return this.#fetch(1, undefined);
  }

  /** Lets a partition begin elsewhere; resolves when the client knows. */
  async seek(to: Position): Promise<void> {
    const found = this.find(to);
    if (found === undefined) return;
    found.since = this.#fetches + 1;
    found.position = to.offset;
    found.end = undefined;
    found.kept.length = 0;
    this.#moves.push(() => (this.find(to) === found ? this.#seek(to) : undefined));
    await this.#inTurn(() => this.#move());
  }

  /** Resolves when the client is not being asked for anything. */
  async idle(): Promise<void> {
    await this.#fetching.catch(() => {});
  }

  #fetch(max: number, into: Received[] | undefined): Promise<void> {
    return this.#inTurn(async () => {
      while (this.#moves.length > 0) await this.#move();
      this.#stopAndStart();
      this.#fetches++;
      this.#into = into;
      await call((done) => this.#native.consume(max, done)).catch(judge);
    });
  }

  async #seek({ topic, partition, offset }: Position): Promise<void> {
    const deadline = this.#clock.now() + requestTimeout;
    for (;;) {
      try {
        await call((done) => this.#native.seek({ topic, partition, offset }, requestTimeout, done));
        return;
      } catch (thrown) {
        // A partition that was assigned a moment ago is not being fetched yet.
        const failure = thrown as NativeError;
        if (failure.code !== codes.wrongState || this.#clock.now() > deadline) {
          throw errorOf('seeking failed', failure, { topic, partition, offset });
        }
        await delay(this.#clock, 5);
      }
    }
  }

  /** One at a time, in the order of asking: results must not overtake each other. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.#fetching.then(work);
    this.#fetching = next.catch(() => {});
    return next;
  }

  /** Tells the client of partitions that came, went or begin elsewhere. */
  async #move(): Promise<void> {
    while (this.#moves.length > 0) await this.#moves.shift()?.();
  }

  /** The client gave a record. */
  #record(message: NativeMessage): void {
    const found = this.#current(message);
    if (found === undefined) return;
    found.end = undefined;
    if (this.#into === undefined || found.paused || found.kept.length > 0) {
      found.kept.push(receivedOf(message));
    } else {
      this.#into.push(receivedOf(message));
      found.position = message.offset + 1;
    }
  }

  /** The client gave all there is, up to here: behind the last record there may be marks of transactions. */
  #ended(at: Position): void {
    const found = this.#current(at);
    if (found === undefined) return;
    found.end = at.offset;
    if (found.kept.length === 0) found.position = at.offset;
  }

  #current({ topic, partition }: TopicPartition): ReadPartition | undefined {
    const found = this.#partitions.find(topic, partition);
    return found === undefined || this.#fetches < found.since ? undefined : found;
  }

  /** Told only between two fetches, so that the client's own position is that of the last record it gave. */
  #stopAndStart(): void {
    for (const one of this.#partitions) {
      const stop = one.paused && one.kept.length >= keepLimit;
      if (stop && !one.stopped) this.#native.pause([{ topic: one.topic, partition: one.partition }]);
      else if (!one.paused && one.stopped) this.#native.resume([{ topic: one.topic, partition: one.partition }]);
      else continue;
      one.stopped = stop;
    }
  }
}

/** What passes by itself is no failure of a poll; a client that gave up, or that may not read, is. */
const judge = (thrown: unknown): void => {
  const failure = thrown as NativeError;
  const final = failure.isFatal === true || failure.code === codes.fatal || codes.authorization.includes(failure.code);
  if (final) throw errorOf('reading failed', failure);
};
