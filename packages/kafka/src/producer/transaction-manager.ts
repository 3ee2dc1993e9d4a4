import { type Clock, TransportError } from '@kstreams/core/graph';
import { errorOf, request, requestTimeout } from '@kstreams/kafka-common';
import type { Done, NativeConsumer, NativeError, NativePartition, NativeTransactions } from '../client/addon.js';
import { nativeCall } from '../client/native-call.js';

/** The transactions of a producer, one after another. */
export class TransactionManager {
  readonly #native: NativeTransactions;
  readonly #clock: Clock;
  /** The right that every request needs. */
  readonly #right: string;
  #begun: Promise<void> | undefined;
  #beginning = false;

  constructor(native: NativeTransactions, clock: Clock, id: string) {
    this.#native = native;
    this.#clock = clock;
    this.#right = `Write on transactional id "${id}"`;
  }

  /** True between `begin` and the end of the transaction. */
  get open(): boolean {
    return this.#begun !== undefined;
  }

  /** True while the client begins the transaction; until then it takes no records. */
  get beginning(): boolean {
    return this.#beginning;
  }

  /** Fences older producers of the same transactional id and aborts their open transactions. */
  async init(): Promise<void> {
    await this.#request('transactions cannot be initialized', (done) =>
      this.#native.initTransactions(requestTimeout, done),
    );
  }

  /** Begins a transaction; resolves when the client takes records. */
  begin(): Promise<void> {
    if (this.open) throw new TransportError('a transaction is open already: commit or abort it first');
    this.#beginning = true;
    this.#begun = this.#begin().finally(() => {
      this.#beginning = false;
    });
    return this.#begun;
  }

  /** Resolves when the client takes records; rejects when the transaction cannot begin. */
  async ready(): Promise<void> {
    await this.#begun;
  }

  /** Adds the offsets of a consumer's group to the transaction. */
  async sendOffsets(offsets: readonly NativePartition[], consumer: NativeConsumer): Promise<void> {
    await this.ready();
    await this.#request('offsets cannot be added to the transaction', (done) =>
      this.#native.sendOffsetsToTransaction(offsets, consumer, requestTimeout, done),
    );
  }

  async commit(): Promise<void> {
    this.#requireOpen();
    await this.#request('the transaction cannot be committed', (done) =>
      this.#native.commitTransaction(requestTimeout, done),
    );
    this.#begun = undefined;
  }

  /** Ends the transaction even when the request fails: brokers end it by fencing or by its timeout. */
  async abort(): Promise<void> {
    this.#requireOpen();
    const begun = this.#begun;
    this.#begun = undefined;
    const failedToBegin = await begun?.then(
      () => false,
      () => true,
    );
    if (failedToBegin) return;
    await this.#request('the transaction cannot be aborted', (done) =>
      this.#native.abortTransaction(requestTimeout, done),
    );
  }

  async #begin(): Promise<void> {
    try {
      await nativeCall((done) => this.#native.beginTransaction(done));
    } catch (failure) {
      throw errorOf('a transaction cannot begin', failure as NativeError);
    }
  }

  #request(action: string, start: (done: Done) => void): Promise<unknown> {
    return request(this.#clock, action, () => nativeCall(start), this.#right);
  }

  #requireOpen(): void {
    if (!this.open) throw new TransportError('no transaction is open: begin one first');
  }
}
