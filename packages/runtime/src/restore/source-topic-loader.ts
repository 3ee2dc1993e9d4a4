import {
  type ByteStore,
  type Bytes,
  concatBytes,
  encodeRow,
  retryPending,
  type StoreRows,
  type Write,
} from '@kstreams/core/graph';
import { RecordJournal } from '../task/record-journal.js';
import type { StorePartition } from '../task/stores/store-partition.js';
import { storeAccess } from '../task/stores/task-stores.js';

/** The number of live values kept during a load. */
const liveLimit = 10_000;

/** Loads records of a source topic into a store that derives its rows from them. */
export class SourceTopicLoader {
  readonly #bytes: ByteStore;
  readonly #partition: StorePartition;
  readonly #rows: StoreRows;
  readonly #journal: RecordJournal;

  private constructor(bytes: ByteStore, partition: StorePartition, rows: StoreRows, journal: RecordJournal) {
    this.#bytes = bytes;
    this.#partition = partition;
    this.#rows = rows;
    this.#journal = journal;
  }

  /** Opens a loader beside the task's own store; returns undefined where the records are the rows. */
  static open(partition: StorePartition, bytes: ByteStore): SourceTopicLoader | undefined {
    if (partition.changelog?.own !== false) return undefined;
    const journal = new RecordJournal();
    const { rows } = partition.spec.open(storeAccess(partition, { bytes, journal, liveLimit, full: () => {} }));
    return rows.restoreRecord === undefined ? undefined : new SourceTopicLoader(bytes, partition, rows, journal);
  }

  /** Applies a record; waits where the store is pending. */
  async take(key: Bytes, value: Bytes | null, timestamp: number): Promise<void> {
    await retryPending(() => {
      this.#journal.begin();
      try {
        this.#rows.restoreRecord?.(key, value, timestamp);
        this.#journal.keep();
      } catch (thrown) {
        this.#journal.rollBack();
        throw thrown;
      }
    });
  }

  /** Writes the derived rows since the last commit, in one batch with `others`. */
  async commit(others: readonly Write[]): Promise<void> {
    const writes: Write[] = [];
    await retryPending(() =>
      this.#rows.flush((key, value, timestamp) => {
        writes.push([concatBytes(this.#partition.prefix, key), value && encodeRow(value, timestamp)]);
      }),
    );
    await this.#bytes.commit([...writes, ...others]);
    this.#rows.markCommitted();
  }
}
