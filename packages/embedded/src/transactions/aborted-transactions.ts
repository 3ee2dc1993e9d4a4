import type { Bytes, Write } from '@kstreams/core/graph';
import { fromJson, offsetOfRow, type PartitionKey, rowKey, rowRange, toJson } from '../log/layout.js';
import type { Metadata } from '../log/metadata.js';
import { readHead } from '../log/record-batch.js';

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

  /** Reads the index of a partition. */
  constructor(metadata: Metadata, partition: PartitionKey) {
    this.#partition = partition;
    for (const [key, row] of metadata.read(...rowRange('aborted', partition, 0, Number.MAX_SAFE_INTEGER))) {
      const { transaction, first } = fromJson<StoredAbort>(row, 'transaction', 'first');
      this.add(transaction, { first, last: offsetOfRow(key) });
    }
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

  /** Forgets the transactions that end before an offset; none of their records is left. Returns the writes that store it. */
  forget(before: number): Write[] {
    const writes: Write[] = [];
    for (const [transaction, spans] of this.#spans) {
      const left = spans.filter(({ last }) => last >= before);
      if (left.length > 0) this.#spans.set(transaction, left);
      else this.#spans.delete(transaction);
      for (const { last } of spans) {
        if (last < before) writes.push([rowKey('aborted', this.#partition, last), undefined]);
      }
    }
    return writes;
  }
}
