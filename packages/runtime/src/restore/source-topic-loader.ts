import {
  type ByteStore,
  type Bytes,
  concatBytes,
  encodeRow,
  Pending,
  type StoreRows,
  type Write,
} from '@kstreams/core/graph';
import { RecordJournal } from '../task/record-journal.js';
import type { StorePlace } from '../task/stores/store-place.js';
import { storeAccess } from '../task/stores/task-stores.js';

/** How many live values it keeps while it takes records in. */
const liveLimit = 10_000;

/** A store that is restored from a source topic whose records are no rows as they are: it makes rows of them. */
export class SourceTopicLoader {
  readonly #bytes: ByteStore;
  readonly #place: StorePlace;
  readonly #rows: StoreRows;
  readonly #journal: RecordJournal;

  private constructor(bytes: ByteStore, place: StorePlace, rows: StoreRows, journal: RecordJournal) {
    this.#bytes = bytes;
    this.#place = place;
    this.#rows = rows;
    this.#journal = journal;
  }

  /** Opens one beside the task's own; undefined where the records of the changelog are the rows. */
  static open(place: StorePlace, bytes: ByteStore): SourceTopicLoader | undefined {
    if (place.changelog?.own !== false) return undefined;
    const journal = new RecordJournal();
    const { rows } = place.spec.open(storeAccess(place, { bytes, journal, liveLimit, full: () => {} }));
    return rows.restoreRecord === undefined ? undefined : new SourceTopicLoader(bytes, place, rows, journal);
  }

  /** Takes a record in, once a slow backend has what it asks for. */
  async take(key: Bytes, value: Bytes | null, timestamp: number): Promise<void> {
    for (;;) {
      this.#journal.begin();
      try {
        this.#rows.restoreRecord?.(key, value, timestamp);
        return this.#journal.keep();
      } catch (thrown) {
        this.#journal.rollBack();
        if (!(thrown instanceof Pending)) throw thrown;
        await thrown.until;
      }
    }
  }

  /** Writes the rows that were made since the last time, in one batch with others. */
  async commit(others: readonly Write[]): Promise<void> {
    const writes: Write[] = [];
    this.#rows.flush((key, value, timestamp) => {
      writes.push([concatBytes(this.#place.prefix, key), value && encodeRow(value, timestamp)]);
    });
    await this.#bytes.commit([...writes, ...others]);
    this.#rows.settled();
  }
}
