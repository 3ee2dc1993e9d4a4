import {
  afterPrefix,
  type ByteStore,
  type Bytes,
  concatBytes,
  encodeRow,
  type OpenedStore,
  Pending,
  type StoreRows,
  type StoreSpec,
  type Write,
} from '@kstreams/core/graph';
import { RecordJournal, storePlace, TaskStores } from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';

/** How a store is tried out. */
export interface TestStoreOptions {
  /** Where its rows are; in memory unless set. */
  readonly bytes?: ByteStore;
  /** How many live values it may keep; 10,000 unless set. */
  readonly liveLimit?: number;
}

/** A record of a store's changelog. */
export interface ChangelogEntry {
  readonly key: Bytes;
  readonly value: Bytes | null;
  readonly timestamp: number;
}

/**
 * One store as a task opens it, with the steps of a task's life in one's own hands: records that are kept or taken back,
 * a commit step by step, a crash, a restore.
 *
 * @example
 * const seen = await TestStore.open(keyValue('seen', { key: string, value: double }), { liveLimit: 2 })
 * await seen.record((store) => store.put('a', 1, 0))
 * await seen.commit()
 * await seen.reopen()
 */
export class TestStore<S> {
  /** What was appended to the changelog so far. */
  readonly changelog: ChangelogEntry[] = [];
  /** How often the store asked for a commit because too much of it is dirty. */
  asked = 0;
  readonly #spec: StoreSpec<S>;
  readonly #bytes: ByteStore;
  readonly #liveLimit: number;
  readonly #journal = new RecordJournal();
  #stores: TaskStores;
  #flushed: readonly Write[] = [];
  /** How much of the changelog belongs to what the backend holds. */
  #settled = 0;

  private constructor(spec: StoreSpec<S>, { bytes = memoryStore(), liveLimit = 10_000 }: TestStoreOptions) {
    this.#spec = spec;
    this.#bytes = bytes;
    this.#liveLimit = liveLimit;
    this.#stores = this.#open();
  }

  static async open<S>(spec: StoreSpec<S>, options: TestStoreOptions = {}): Promise<TestStore<S>> {
    const made = new TestStore(spec, options);
    await made.#stores.load();
    return made;
  }

  /** The store, to be read outside of any record. */
  get store(): S {
    return this.#stores.get(this.#spec)?.handle as S;
  }

  /** The rows of the store, as the runtime uses them. */
  get rows(): StoreRows {
    return (this.#stores.get(this.#spec) as OpenedStore<S>).rows;
  }

  /** Does what one record does, as often as a slow backend lets it wait for keys; with `undo` it is taken back at the end. */
  async record<R>(work: (store: S) => R, { undo = false } = {}): Promise<R> {
    for (;;) {
      this.#journal.begin();
      try {
        const result = work(this.store);
        if (undo) this.#journal.rollBack();
        else this.#journal.keep();
        return result;
      } catch (thrown) {
        this.#journal.rollBack();
        if (!(thrown instanceof Pending)) throw thrown;
        await thrown.until;
      }
    }
  }

  /** The first half of a commit: what changed goes to the changelog. */
  flush(): void {
    const { logged, unlogged } = this.#stores.flush(({ key, value, timestamp }) => {
      this.changelog.push({ key: key as Bytes, value, timestamp });
    });
    this.#flushed = [...logged, ...unlogged];
  }

  /** The second half: what was flushed goes to the backend, what expired leaves it. */
  async settle(): Promise<void> {
    await this.#bytes.commit(this.#flushed);
    this.#flushed = [];
    this.#settled = this.changelog.length;
    this.#stores.settled();
    await this.#stores.clearExpired();
  }

  async commit(): Promise<void> {
    this.flush();
    await this.settle();
  }

  /**
   * Opens the store anew on what the backend holds. What was not settled is lost, also from the changelog, as when a
   * transaction is aborted by a crash.
   */
  async reopen(): Promise<void> {
    this.#flushed = [];
    this.changelog.length = this.#settled;
    this.#stores = this.#open();
    await this.#stores.load();
  }

  /** Loses the backend's rows and opens the store anew on what the changelog brings back. */
  async restore(): Promise<void> {
    this.#flushed = [];
    this.#settled = this.changelog.length;
    this.#stores = this.#open();
    const { prefix } = this.#stores.open[0] as { prefix: Bytes };
    await this.#bytes.clear(prefix, afterPrefix(prefix) as Bytes);
    await this.#bytes.commit(
      this.changelog.map(({ key, value, timestamp }): Write => {
        return [concatBytes(prefix, key), value === null ? undefined : encodeRow(value, timestamp)];
      }),
    );
    await this.#stores.load();
  }

  #open(): TaskStores {
    return new TaskStores({
      places: [storePlace('test', this.#spec, 0, new Map())],
      bytes: this.#bytes,
      journal: this.#journal,
      liveLimit: this.#liveLimit,
      full: () => {
        this.asked++;
      },
    });
  }
}
