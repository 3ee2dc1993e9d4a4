import { messageOf, type TopicPartition, TransportError } from '@kstreams/core/graph';
import type { LogEntry, LogStorage } from '../storage/log-storage.js';
import { offsetOfRow, type PartitionKey, rowRange } from './layout.js';
import { type BatchRow, readHead } from './record-batch.js';
import { unseal } from './sealed-row.js';

/** A partition and the part of its state that a read depends on. */
export interface StoredPartition extends TopicPartition, PartitionKey {
  /** Offset of the oldest record that is not deleted. */
  readonly start: number;
  /** True once its topic is deleted. */
  readonly deleted: boolean;
}

/** Bounds of one read from the storage. */
export const readLimits = { entries: 1_000, bytes: 256 * 1_024 } as const;

/**
 * The rows of a partition in the storage. Every read verifies the checksum of each row, and that each begins where the row
 * before ends: so no record is lost or changed unnoticed.
 */
export class StoredRows {
  readonly #partition: StoredPartition;
  readonly #storage: LogStorage;
  readonly #name: string;

  /** `name` is the location of the log, for messages. */
  constructor(partition: StoredPartition, storage: LogStorage, name: string) {
    this.#partition = partition;
    this.#storage = storage;
    this.#name = name;
  }

  /**
   * Reads some rows with `from <= last offset < to`, of which `to` is the end of one. Ends before damage; throws a
   * `TransportError` when the first row is damaged or missing.
   */
  async read(from: number, to: number): Promise<readonly BatchRow[]> {
    const found = await this.#read(from, to);
    const { deleted, start } = this.#partition;
    if (deleted) return [];
    // A purge may have deleted rows meanwhile.
    const first = Math.max(from, start);
    const rows: BatchRow[] = [];
    let next = first;
    for (const [key, sealed] of found) {
      const last = offsetOfRow(key);
      if (last < first) continue;
      const bytes = unseal(key, sealed);
      const begin = bytes === undefined ? last + 1 : readHead(bytes).from;
      if (bytes !== undefined && begin <= next) {
        rows.push({ last, bytes });
        next = last + 1;
      } else if (rows.length > 0) return rows;
      else throw this.#damage(bytes === undefined ? 'records are not as they were written' : missing, next, begin);
    }
    if (rows.length === 0 && next < to) throw this.#damage(missing, next, to);
    return rows;
  }

  async #read(from: number, to: number): Promise<readonly LogEntry[]> {
    try {
      return await this.#storage.read(...rowRange('record', this.#partition, from, to), readLimits);
    } catch (thrown) {
      const { topic, partition } = this.#partition;
      throw new TransportError(messageOf(thrown), { topic, partition, offset: from }, thrown);
    }
  }

  /** Returns the error for damaged records from `offset` to before `next`. */
  #damage(what: string, offset: number, next: number): TransportError {
    const { topic, partition } = this.#partition;
    return new TransportError(
      `the embedded log in ${this.#name} is damaged: ${what}: restore a backup; ` +
        `or, to go on without them, commit offset ${next} for the group or purge the partition up to it`,
      { topic, partition, offset },
    );
  }
}

const missing = 'records are missing';
