import type { Bytes } from '@kstreams/core/graph';
import type { Database, Put } from '../database.js';
import { fromJson, toJson } from './json.js';
import { offsetOfRow, type PartitionKey, rowKey, rowRange } from './keys.js';
import { readHead } from './record-batch.js';

/** Where an aborted transaction lies in a partition. */
interface Place {
  readonly first: number;
  readonly last: number;
}

interface StoredAbort {
  readonly transaction: number;
  readonly first: number;
}

/** The aborted transactions of one partition, whose records are there and not to be read. */
export class AbortedTransactions {
  readonly #partition: PartitionKey;
  readonly #places = new Map<number, readonly Place[]>();

  private constructor(partition: PartitionKey) {
    this.#partition = partition;
  }

  /** Reads what the database knows of them. */
  static async open(database: Database, partition: PartitionKey): Promise<AbortedTransactions> {
    const aborted = new AbortedTransactions(partition);
    const rows = database.iterator(rowRange('aborted', partition, 0, Number.MAX_SAFE_INTEGER));
    for (const [key, row] of await rows.all()) {
      const { transaction, first } = fromJson<StoredAbort>(row, 'transaction', 'first');
      aborted.add(transaction, { first, last: offsetOfRow(key) });
    }
    return aborted;
  }

  /** The put that lets the database know of one. */
  put(transaction: number, { first, last }: Place): Put {
    const stored: StoredAbort = { transaction, first };
    return [rowKey('aborted', this.#partition, last), toJson(stored)];
  }

  add(transaction: number, place: Place): void {
    this.#places.set(transaction, [...(this.#places.get(transaction) ?? []), place]);
  }

  /** Whether a row is of one. Numbers begin anew at every opening of the log, so the place decides too. */
  has(row: Bytes): boolean {
    const { transaction, first } = readHead(row);
    if (transaction === 0) return false;
    return this.#places.get(transaction)?.some((one) => first >= one.first && first <= one.last) ?? false;
  }

  /** Forgets those that end before an offset: none of their records is left. */
  async forget(database: Database, before: number): Promise<void> {
    for (const [transaction, places] of this.#places) {
      const left = places.filter(({ last }) => last >= before);
      if (left.length > 0) this.#places.set(transaction, left);
      else this.#places.delete(transaction);
    }
    await database.clear(rowRange('aborted', this.#partition, 0, before));
  }
}
