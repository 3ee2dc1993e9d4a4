import type { Bytes, Write } from '@kstreams/core/graph';
import { fromJson, offsetOfRow, type PartitionKey, rowKey, rowRange, toJson } from '../log/layout.js';
import { readHead } from '../log/record-batch.js';
import type { LogStorage } from '../storage/log-storage.js';

/** Offsets of a transaction's first record and of its end marker in a partition. */
export interface TransactionSpan {
  readonly first: number;
  readonly last: number;
}

interface StoredAbort {
  readonly transaction: number;
  readonly first: number;
}

/** Index of a partition's aborted transactions, used to skip their records. */
export class AbortedTransactions {
  readonly #partition: PartitionKey;
  readonly #spans = new Map<number, readonly TransactionSpan[]>();

  private constructor(partition: PartitionKey) {
    this.#partition = partition;
  }

  /** Reads the index of a partition. */
  static async open(storage: LogStorage, partition: PartitionKey): Promise<AbortedTransactions> {
    const aborted = new AbortedTransactions(partition);
    for (const [key, row] of await storage.read(...rowRange('aborted', partition, 0, Number.MAX_SAFE_INTEGER))) {
      const { transaction, first } = fromJson<StoredAbort>(row, 'transaction', 'first');
      aborted.add(transaction, { first, last: offsetOfRow(key) });
    }
    return aborted;
  }

  /** Returns the write that stores an aborted transaction. */
  write(transaction: number, { first, last }: TransactionSpan): Write {
    const stored: StoredAbort = { transaction, first };
    return [rowKey('aborted', this.#partition, last), toJson(stored)];
  }

  add(transaction: number, span: TransactionSpan): void {
    this.#spans.set(transaction, [...(this.#spans.get(transaction) ?? []), span]);
  }

  /** True when a row belongs to one. Transaction numbers restart with the log, so the offsets are compared too. */
  has(row: Bytes): boolean {
    if (this.#spans.size === 0) return false;
    const { transaction, first } = readHead(row);
    return this.#spans.get(transaction)?.some((span) => first >= span.first && first <= span.last) ?? false;
  }

  /** Forgets the transactions that end before an offset; none of their records is left. */
  async forget(storage: LogStorage, before: number): Promise<void> {
    for (const [transaction, spans] of this.#spans) {
      const left = spans.filter(({ last }) => last >= before);
      if (left.length > 0) this.#spans.set(transaction, left);
      else this.#spans.delete(transaction);
    }
    await storage.clear(...rowRange('aborted', this.#partition, 0, before));
  }
}
