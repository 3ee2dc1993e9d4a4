import {
  afterPrefix,
  type ByteStore,
  type Bytes,
  checkCall,
  checkOptions,
  concatBytes,
  encodeRow,
  type OpenedStore,
  type OptionChecks,
  option,
  retryPending,
  type StoreRows,
  type StoreSpec,
  type Write,
} from '@kstreams/core/graph';
import { RecordJournal, storePartition, TaskStores, TopicLimits } from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';

/** Options of a test store. */
export interface TestStoreOptions {
  /** The backend of the rows; in memory by default. */
  readonly bytes?: ByteStore;
  /** The greatest number of live values; 10,000 by default. */
  readonly liveLimit?: number;
  /** The largest row that the changelog takes, in bytes of key and value together; unlimited by default. */
  readonly maxRowSize?: number;
}

const checks: OptionChecks<TestStoreOptions> = {
  bytes: option.byteStore,
  liveLimit: option.limit(1),
  maxRowSize: option.limit(1),
};

/** The end of a record of a test store. */
export interface TestRecordOptions {
  /** True to roll the record back at its end; false by default. */
  readonly undo?: boolean;
}

const recordChecks: OptionChecks<TestRecordOptions> = { undo: option.flag };

/** A record of a store's changelog. */
export interface ChangelogEntry {
  readonly key: Bytes;
  readonly value: Bytes | null;
  readonly timestamp: number;
}

/**
 * One store as a task opens it. The test runs the lifecycle: records that are kept or rolled back, commits step by
 * step, crashes and restores.
 *
 * @example
 * const seen = await TestStore.open(keyValue('seen', { key: string, value: double }), { liveLimit: 2 })
 * await seen.record((store) => store.put('a', 1, 0))
 * await seen.commit()
 * await seen.reopen()
 */
export class TestStore<S> {
  /** All changelog records so far. */
  readonly changelog: ChangelogEntry[] = [];
  /** The number of commits that the store requested because of its dirty values. */
  requestedCommits = 0;
  readonly #spec: StoreSpec<S>;
  readonly #bytes: ByteStore;
  readonly #liveLimit: number;
  readonly #topicLimits: TopicLimits;
  readonly #journal = new RecordJournal();
  #stores: TaskStores;
  #flushed: readonly Write[] = [];
  /** The number of changelog records whose rows the backend has. */
  #settled = 0;

  private constructor(spec: StoreSpec<S>, { bytes = memoryStore(), liveLimit = 10_000, maxRowSize }: TestStoreOptions) {
    this.#spec = spec;
    this.#bytes = bytes;
    this.#liveLimit = liveLimit;
    this.#topicLimits = new TopicLimits(maxRowSize);
    this.#stores = this.#open();
  }

  static async open<S>(spec: StoreSpec<S>, options: TestStoreOptions = {}): Promise<TestStore<S>> {
    checkOptions('TestStore.open', options, checks);
    const made = new TestStore(spec, options);
    await made.#stores.load();
    return made;
  }

  /** The store, for reads outside a record. */
  get store(): S {
    return this.#stores.get(this.#spec)?.handle as S;
  }

  /** The rows of the store, as the runtime uses them. */
  get rows(): StoreRows {
    return (this.#stores.get(this.#spec) as OpenedStore<S>).rows;
  }

  /** Runs the work of one record, again after each fetch of a slow backend. With `undo`, rolls it back at the end. */
  async record<R>(work: (store: S) => R, options: TestRecordOptions = {}): Promise<R> {
    checkCall('record', { work }, options, recordChecks);
    const { undo = false } = options;
    return retryPending(() => {
      this.#journal.begin();
      try {
        const result = work(this.store);
        if (undo) this.#journal.rollBack();
        else this.#journal.keep();
        return result;
      } catch (thrown) {
        this.#journal.rollBack();
        throw thrown;
      }
    });
  }

  /** Runs the first half of a commit: appends changes to the changelog. */
  flush(): void {
    const { logged, unlogged } = this.#stores.flush(({ key, value, timestamp }) => {
      this.changelog.push({ key: key as Bytes, value, timestamp });
    });
    this.#flushed = [...logged, ...unlogged];
  }

  /** Runs the second half of a commit: writes flushed rows to the backend and clears expired ones. */
  async settle(): Promise<void> {
    await this.#bytes.commit(this.#flushed);
    this.#flushed = [];
    this.#settled = this.changelog.length;
    this.#stores.markCommitted();
    await this.#stores.clearExpired();
  }

  async commit(): Promise<void> {
    this.flush();
    await this.settle();
  }

  /**
   * Reopens the store on the rows of the backend. Loses unsettled changes and their changelog records, as after an
   * aborted transaction.
   */
  async reopen(): Promise<void> {
    this.#flushed = [];
    this.changelog.length = this.#settled;
    this.#stores = this.#open();
    await this.#stores.load();
  }

  /** Clears the rows of the backend and restores the store from its changelog. */
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
      storePartitions: [storePartition('test', this.#spec, 0, new Map())],
      bytes: this.#bytes,
      journal: this.#journal,
      liveLimit: this.#liveLimit,
      topicLimits: this.#topicLimits,
      full: () => {
        this.requestedCommits++;
      },
    });
  }
}
