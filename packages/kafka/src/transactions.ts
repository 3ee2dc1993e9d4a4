import { type Clock, TransportError } from '@kstreams/core/graph';
import type { NativeConsumer, NativeError, NativePartition, NativeProducer } from './addon.js';
import { ask, call, requestTimeout } from './ask.js';
import { errorOf } from './errors.js';

/** The transactions of a producer, one after another. */
export class Transactions {
  readonly #native: NativeProducer;
  readonly #clock: Clock;
  #begun: Promise<void> | undefined;
  #opening = false;

  constructor(native: NativeProducer, clock: Clock) {
    this.#native = native;
    this.#clock = clock;
  }

  /** Whether one was begun and has not ended. */
  get open(): boolean {
    return this.#begun !== undefined;
  }

  /** Whether the client has yet to open the one that was begun; it takes no records before. */
  get opening(): boolean {
    return this.#opening;
  }

  /** Fences older producers of the same id and aborts what they left open. */
  async init(): Promise<void> {
    await ask(this.#clock, 'transactions cannot be prepared', (done) =>
      this.#native.initTransactions(requestTimeout, done),
    );
  }

  begin(): Promise<void> {
    if (this.open) throw new TransportError('a transaction is open already: commit or abort it first');
    this.#opening = true;
    this.#begun = this.#begin().finally(() => {
      this.#opening = false;
    });
    return this.#begun;
  }

  /** Resolves when records are taken; rejects when the transaction could not be begun. */
  async opened(): Promise<void> {
    await this.#begun;
  }

  async sendOffsets(offsets: readonly NativePartition[], consumer: NativeConsumer): Promise<void> {
    await this.opened();
    await ask(this.#clock, 'offsets cannot be made part of the transaction', (done) =>
      this.#native.sendOffsetsToTransaction(offsets, consumer, requestTimeout, done),
    );
  }

  async commit(): Promise<void> {
    this.#needOpen();
    await ask(this.#clock, 'the transaction cannot be committed', (done) =>
      this.#native.commitTransaction(requestTimeout, done),
    );
    this.#begun = undefined;
  }

  /** Ends it in any case: one that cannot be aborted ends at the broker, by fencing or in time. */
  async abort(): Promise<void> {
    this.#needOpen();
    const begun = this.#begun;
    this.#begun = undefined;
    const failedToBegin = await begun?.then(
      () => false,
      () => true,
    );
    if (failedToBegin) return;
    await ask(this.#clock, 'the transaction cannot be aborted', (done) =>
      this.#native.abortTransaction(requestTimeout, done),
    );
  }

  async #begin(): Promise<void> {
    try {
      await call((done) => this.#native.beginTransaction(done));
    } catch (failure) {
      throw errorOf('a transaction cannot be begun', failure as NativeError);
    }
  }

  #needOpen(): void {
    if (!this.open) throw new TransportError('no transaction is open: begin one first');
  }
}
