import { type Cancel, type Clock, ConfigError, FencedError } from '@kstreams/core/graph';
import type { Transaction } from './transaction.js';

/**
 * A producer's registration of a transactional id, and its open transaction. A later registration of the id, or a
 * transaction that exceeds its timeout, fences the producer for good.
 */
export class TransactionalId {
  readonly #id: string;
  readonly #timeout: number;
  readonly #clock: Clock;
  readonly #open: () => Transaction;
  #transaction: Transaction | undefined;
  #ending: Promise<void> | undefined;
  #fenced: string | undefined;
  #cancel: Cancel = () => {};

  /** `open` starts a transaction; `timeout` is in ms. */
  constructor(id: string, timeout: number, clock: Clock, open: () => Transaction) {
    this.#id = id;
    this.#timeout = timeout;
    this.#clock = clock;
    this.#open = open;
  }

  begin(): void {
    if (this.#transaction !== undefined) {
      throw new ConfigError(`"${this.#id}" has a transaction open: commit or abort it before the next`);
    }
    this.#transaction = this.#open();
    if (this.#fenced !== undefined) return;
    const late = `its transaction was open for more than ${this.#timeout} ms`;
    // The producer is fenced even if the abort cannot be written; the next write to the log reports that error.
    this.#cancel = this.#clock.after(this.#timeout, () => void this.fence(late).catch(() => {}));
  }

  /** The open transaction; throws without one, and when the producer is fenced. */
  get current(): Transaction {
    if (this.#transaction === undefined) {
      throw new ConfigError(`"${this.#id}" has no transaction open: call begin first`);
    }
    if (this.#fenced !== undefined) throw new FencedError(`"${this.#id}" is fenced: ${this.#fenced}`);
    return this.#transaction;
  }

  async commit(): Promise<void> {
    await this.#end(this.current, 'commit');
  }

  /** Aborts the open transaction, if any. */
  async abort(): Promise<void> {
    const transaction = this.#transaction;
    if (transaction?.open) await this.#end(transaction, 'abort');
    this.#transaction = undefined;
  }

  /** Fences the producer; resolves when its open transaction is aborted. */
  async fence(why: string): Promise<void> {
    this.#fenced ??= why;
    if (this.#transaction?.open) await this.#end(this.#transaction, 'abort', this.#transaction);
    else await this.#ending;
  }

  /** `left` replaces the transaction, so that the next call of a fenced producer fails. */
  async #end(transaction: Transaction, outcome: 'commit' | 'abort', left?: Transaction): Promise<void> {
    this.#cancel();
    this.#transaction = left;
    this.#ending = transaction.end(outcome);
    await this.#ending;
  }
}
