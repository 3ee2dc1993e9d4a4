import type { TopicPartition } from '@kstreams/core/graph';
import type { DeliveryReport, NativeError } from './addon.js';
import { codes, errorOf } from './errors.js';

/** What was sent to one partition and what was heard of it. Reports of one partition come in the order of sending. */
interface Lane {
  sent: number;
  reported: number;
  /** The offset after the last record that arrived. */
  end: number | undefined;
}

/** Somebody who waits until the reports of certain records have come. */
interface Waiter {
  readonly until: ReadonlyMap<Lane, number>;
  left: number;
  readonly resolve: () => void;
}

/**
 * Counts what was handed to the client and what it reported. The client's own flush is no proof: it may return before the
 * reports have come.
 */
export class Deliveries {
  readonly #lanes = new Map<string, Lane[]>();
  readonly #waiters = new Set<Waiter>();
  readonly #drains = new Set<{ readonly backlog: number; readonly resolve: () => void }>();
  #unreported = 0;
  #failure: Error | undefined;
  /** While a transaction is taken back, what was not sent yet is reported as dropped: that is no failure. */
  dropping = false;

  get unreported(): number {
    return this.#unreported;
  }

  /** The first failure since this was last asked for, if any. */
  takeFailure(): Error | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  /** A record could not be delivered; answers the error. */
  failed(failure: NativeError, { topic, partition }: TopicPartition): Error {
    const error = errorOf('a record cannot be delivered', failure, { topic, partition });
    this.#failure ??= error;
    return error;
  }

  sent({ topic, partition }: TopicPartition): void {
    this.#unreported++;
    this.#lane(topic, partition).sent++;
  }

  /** What became of a record; answers an error if it is lost. */
  reported(failure: NativeError | null, report: DeliveryReport): Error | undefined {
    const { topic, partition, offset } = report;
    let error: Error | undefined;
    const lane = this.#lane(topic, partition);
    this.#unreported--;
    lane.reported++;
    if (!failure) {
      if (offset >= 0) lane.end = offset + 1;
    } else if (!this.dropping || !(failure.code === codes.purgedInQueue || failure.code === codes.purgedInFlight)) {
      error = this.failed(failure, report);
    }
    for (const waiter of this.#waiters) {
      if (lane.reported <= (waiter.until.get(lane) ?? 0) && --waiter.left === 0) this.#finish(waiter);
    }
    for (const drain of this.#drains) {
      if (this.#unreported > drain.backlog) continue;
      this.#drains.delete(drain);
      drain.resolve();
    }
    return error;
  }

  end({ topic, partition }: TopicPartition): number | undefined {
    return this.#lanes.get(topic)?.[partition]?.end;
  }

  /** Resolves when there is a report of all that was sent before. */
  settled(): Promise<void> {
    const until = new Map<Lane, number>();
    let left = 0;
    for (const lane of this.#all()) {
      if (lane.sent === lane.reported) continue;
      until.set(lane, lane.sent);
      left += lane.sent - lane.reported;
    }
    if (left === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.add({ until, left, resolve }));
  }

  /** Resolves when at most so many reports are missing. */
  drained(backlog: number): Promise<void> {
    if (this.#unreported <= backlog) return Promise.resolve();
    return new Promise((resolve) => this.#drains.add({ backlog, resolve }));
  }

  #finish(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    waiter.resolve();
  }

  #lane(topic: string, partition: number): Lane {
    let ofTopic = this.#lanes.get(topic);
    if (ofTopic === undefined) this.#lanes.set(topic, (ofTopic = []));
    let lane = ofTopic[partition];
    if (lane === undefined) ofTopic[partition] = lane = { sent: 0, reported: 0, end: undefined };
    return lane;
  }

  *#all(): Iterable<Lane> {
    for (const ofTopic of this.#lanes.values()) {
      for (const lane of ofTopic) if (lane !== undefined) yield lane;
    }
  }
}
