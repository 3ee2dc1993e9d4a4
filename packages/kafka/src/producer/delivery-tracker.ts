import { type TopicPartition, TransportError } from '@kstreams/core/graph';
import { codes, errorOf } from '@kstreams/kafka-common';
import type { DeliveryReport, NativeError } from '../client/addon.js';

/** The counts of one partition. Its reports arrive in send order. */
interface PartitionDeliveries {
  sent: number;
  reported: number;
  /** The offset after the last acknowledged record. */
  end: number | undefined;
}

/** A pending `settled`: the number of sent records per partition, and how many of their reports are missing. */
interface SettledWaiter {
  readonly until: ReadonlyMap<PartitionDeliveries, number>;
  missing: number;
  readonly resolve: () => void;
  readonly reject: (failure: Error) => void;
}

/** A pending `drained`. */
interface DrainedWaiter {
  readonly backlog: number;
  readonly resolve: () => void;
  readonly reject: (failure: Error) => void;
}

/**
 * Counts produced records and their delivery reports. The client's own flush is no proof of delivery: it may return
 * before the reports have arrived.
 */
export class DeliveryTracker {
  readonly #byTopic = new Map<string, PartitionDeliveries[]>();
  readonly #settledWaiters = new Set<SettledWaiter>();
  readonly #drainedWaiters = new Set<DrainedWaiter>();
  readonly #transactional: boolean;
  #unreported = 0;
  #failure: Error | undefined;
  /** The failure of a callback: reports may be missing. */
  #broken: Error | undefined;
  #aborting = false;
  #mustAbort = false;

  /** With `transactional`, a refused record ends all waits: the client sends no other record of the transaction. */
  constructor(transactional = false) {
    this.#transactional = transactional;
  }

  /** The number of sent records without a report. */
  get unreported(): number {
    return this.#unreported;
  }

  /** Ends all waits with the failure of a callback, and fails later ones. */
  fail(failure: Error): void {
    this.#broken ??= failure;
    for (const { reject } of [...this.#settledWaiters, ...this.#drainedWaiters]) reject(failure);
    this.#settledWaiters.clear();
    this.#drainedWaiters.clear();
  }

  /** True when a record was refused for good, until the abort of its transaction. */
  get mustAbort(): boolean {
    return this.#mustAbort;
  }

  /** Returns the first failure since the last call, if any. */
  takeFailure(): Error | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  /** Counts a record as sent. */
  sent({ topic, partition }: TopicPartition): void {
    this.#unreported++;
    this.#partition(topic, partition).sent++;
  }

  /** Remembers a failed record and returns its error. */
  failed(failure: NativeError, { topic, partition }: TopicPartition, retriable?: boolean): Error {
    const right = `Write on topic "${topic}"`;
    const error = errorOf('a record cannot be delivered', failure, { topic, partition }, retriable, right);
    this.#failure ??= error;
    return error;
  }

  /** Counts a delivery report; returns the error of a lost record. */
  reported(failure: NativeError | null, report: DeliveryReport): Error | undefined {
    const { topic, partition, offset } = report;
    let error: Error | undefined;
    const deliveries = this.#partition(topic, partition);
    this.#unreported--;
    deliveries.reported++;
    if (!failure) {
      if (offset >= 0) deliveries.end = offset + 1;
    } else if (!this.#aborting || !isPurged(failure)) {
      error = this.failed(failure, report);
      if (this.#transactional && !this.#aborting && error instanceof TransportError && !error.retriable)
        this.#endWaits();
    }
    for (const waiter of this.#settledWaiters) {
      if (deliveries.reported > (waiter.until.get(deliveries) ?? 0) || --waiter.missing > 0) continue;
      this.#settledWaiters.delete(waiter);
      waiter.resolve();
    }
    for (const waiter of this.#drainedWaiters) {
      if (this.#unreported > waiter.backlog) continue;
      this.#drainedWaiters.delete(waiter);
      waiter.resolve();
    }
    return error;
  }

  /** Returns the offset after the last acknowledged record of a partition. */
  end({ topic, partition }: TopicPartition): number | undefined {
    return this.#byTopic.get(topic)?.[partition]?.end;
  }

  /** Resolves when every record sent before has a report, or the transaction must abort. */
  settled(): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (this.#mustAbort) return Promise.resolve();
    const until = new Map<PartitionDeliveries, number>();
    let missing = 0;
    for (const deliveries of [...this.#byTopic.values()].flat()) {
      if (deliveries === undefined || deliveries.sent === deliveries.reported) continue;
      until.set(deliveries, deliveries.sent);
      missing += deliveries.sent - deliveries.reported;
    }
    if (missing === 0) return Promise.resolve();
    return new Promise((resolve, reject) => this.#settledWaiters.add({ until, missing, resolve, reject }));
  }

  /** Resolves when at most `backlog` reports are missing, or the transaction must abort. */
  drained(backlog: number): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (this.#unreported <= backlog || this.#mustAbort) return Promise.resolve();
    return new Promise((resolve, reject) => this.#drainedWaiters.add({ backlog, resolve, reject }));
  }

  /** Runs the abort of a transaction, drains all reports and forgets its failures: purged records are no failures. */
  async abort(abortTransaction: () => Promise<void>): Promise<void> {
    this.#aborting = true;
    this.#mustAbort = false;
    try {
      await abortTransaction();
      await this.drained(0);
      this.#failure = undefined;
    } finally {
      this.#aborting = false;
    }
  }

  /** Ends all waits: the client sends no more records of this transaction. */
  #endWaits(): void {
    this.#mustAbort = true;
    for (const waiters of [this.#settledWaiters, this.#drainedWaiters]) {
      for (const { resolve } of waiters) resolve();
      waiters.clear();
    }
  }

  #partition(topic: string, partition: number): PartitionDeliveries {
    let ofTopic = this.#byTopic.get(topic);
    if (ofTopic === undefined) this.#byTopic.set(topic, (ofTopic = []));
    let deliveries = ofTopic[partition];
    if (deliveries === undefined) ofTopic[partition] = deliveries = { sent: 0, reported: 0, end: undefined };
    return deliveries;
  }
}

const isPurged = ({ code }: NativeError): boolean => code === codes.purgedInQueue || code === codes.purgedInFlight;
