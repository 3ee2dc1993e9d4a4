import {
  type AnyStoreSpec,
  type ByteStore,
  type Bytes,
  concatBytes,
  encodeRow,
  type OpenedStore,
  type Outgoing,
  type RowEvent,
  rangeOf,
  type StoreAccess,
  type Write,
} from '@kstreams/core/graph';
import { Counter } from '../../telemetry/counter-set.js';
import type { RecordJournal } from '../record-journal.js';
import type { TopicLimits } from '../topic-limits.js';
import type { StorePartition } from './store-partition.js';

/** A row that a commit changed, as bytes; `undefined` for a delete. */
export interface CommittedRow {
  readonly key: Bytes;
  readonly value: Bytes | undefined;
}

/** Receives the rows that each commit changed. */
export interface CommitListener {
  /** True when a store has listeners. */
  wants(spec: AnyStoreSpec): boolean;
  /** Receives the changed rows of a store after their commit. */
  publish(store: OpenStore, rows: readonly CommittedRow[]): void;
  /** Called when a commit has ended. */
  settle(): void;
}

/** An open store of a task. */
export interface OpenStore extends StorePartition, OpenedStore<unknown> {
  readonly commits: Readonly<Commits>;
}

/** The commits of an open store. */
interface Commits {
  /** True from the flush of a commit until its expired rows are deleted: the backend may hold a part of its changes. */
  running: boolean;
  /** The number of commits begun. */
  begun: number;
}

/** Options of a task's stores. */
export interface StoresOptions {
  readonly storePartitions: readonly StorePartition[];
  readonly bytes: ByteStore;
  readonly journal: RecordJournal;
  readonly liveLimit: number;
  /** The sizes of the largest records that changelogs take; unlimited unless set. */
  readonly topicLimits?: TopicLimits | undefined;
  /** Called when a store needs a commit soon, to bound its memory. */
  readonly full: () => void;
  /** Receives the rows that each commit changes. */
  readonly changes?: CommitListener;
  /** Returns the counter of the rows that a store reads from the backend. */
  readonly reads?: (store: string) => Counter;
  /** Freezes stored and shared values, in tests. */
  readonly freeze?: ((value: unknown) => void) | undefined;
  /** Returns the listener for the rows of a store, if an observer has one. */
  readonly observeRows?: ((spec: AnyStoreSpec) => ((touch: RowEvent) => void) | undefined) | undefined;
}

/** The writes of a commit to the byte store. */
export interface StoreWrites {
  /** Rows of stores with a changelog. */
  readonly logged: readonly Write[];
  /** Rows of stores without one. */
  readonly unlogged: readonly Write[];
  /** The stores whose changelog position changes: by appends, or by records of a source topic that serves as changelog. */
  readonly changed: ReadonlySet<StorePartition>;
}

/** The stores of one task, opened on their parts of the byte store and flushed together at a commit. */
export class TaskStores {
  readonly open: readonly (OpenStore & { readonly commits: Commits })[];
  /** The turn in which the stores may be written. */
  readonly turn: RecordJournal;
  readonly #bytes: ByteStore;
  readonly #changes: CommitListener | undefined;
  readonly #changed = new Map<OpenStore, CommittedRow[]>();
  #completeAt = Number.NEGATIVE_INFINITY;
  /** The writes of a flush that waits for a value. */
  #flushing:
    | { readonly logged: Write[]; readonly unlogged: Write[]; readonly changed: Set<StorePartition> }
    | undefined;

  constructor(options: StoresOptions) {
    this.#bytes = options.bytes;
    this.turn = options.journal;
    this.#changes = options.changes;
    this.open = options.storePartitions.map((partition) => ({
      ...partition,
      ...partition.spec.open(storeAccess(partition, options)),
      commits: { running: false, begun: 0 },
    }));
  }

  /** The last wall-clock time at which the byte store had all committed rows of the task, in ms. */
  get completeAt(): number {
    return this.#completeAt;
  }

  /** The number of rows that changed since the last flush. */
  get changed(): number {
    let changed = 0;
    for (const { rows } of this.open) changed += rows.changed ?? 0;
    return changed;
  }

  /** Marks the rows in the byte store as complete at a wall-clock time in ms. */
  markComplete(time: number): void {
    this.#completeAt = time;
  }

  /** Returns the open store of a spec; `undefined` when the task does not have it. */
  get(spec: AnyStoreSpec): OpenStore | undefined {
    return this.open.find((one) => one.spec === spec);
  }

  /** Begins to load rows of a slow backend by their keys in the byte store. Returns `undefined` if none is missing. */
  prefetchKeys(keys: readonly Bytes[]): Promise<void> | undefined {
    return this.#bytes.prefetchKeys?.(keys);
  }

  /** Loads the in-memory indexes of the stores from their rows, before the first record. */
  async load(): Promise<void> {
    for (const { rows, prefix } of this.open) {
      if (rows.load !== undefined) await rows.load(withoutPrefix(this.#bytes.scan(...rangeOf(prefix)), prefix.length));
    }
  }

  /**
   * Appends the changes since the last commit to the changelogs. Returns their writes to the byte store, which the caller
   * commits later.
   *
   * @throws Pending when a serde needs a value that is not loaded. The next call continues with the remaining rows.
   */
  flush(append: (record: Outgoing) => void): StoreWrites {
    this.#flushing ??= this.#begin();
    const { changed, logged, unlogged } = this.#flushing;
    for (const open of this.open) {
      const { changelog, partition, prefix, rows, spec } = open;
      const published = this.#changes?.wants(spec) === true ? (this.#changed.get(open) ?? []) : undefined;
      if (published !== undefined) this.#changed.set(open, published);
      const writes = changelog === undefined ? unlogged : logged;
      const before = writes.length;
      rows.flush((key, value, timestamp) => {
        const row = value && encodeRow(value, timestamp);
        writes.push([concatBytes(prefix, key), row]);
        published?.push({ key, value: row });
        if (changelog?.own === true) {
          append({ topic: changelog.topic, partition, key, value: value ?? null, timestamp, headers: [] });
        }
      });
      if (changelog?.own === false || writes.length > before) changed.add(open);
    }
    this.#flushing = undefined;
    return { logged, unlogged, changed };
  }

  /** Marks the flushed rows as written to the byte store, and publishes them. */
  markCommitted(): void {
    for (const { rows } of this.open) rows.markCommitted();
    for (const [store, rows] of this.#changed) this.#changes?.publish(store, rows);
    this.#changed.clear();
  }

  /**
   * Deletes expired rows, and publishes their deletes. They need no changelog record, because they expire again after a
   * restore. Ends the commit.
   */
  async clearExpired(): Promise<void> {
    for (const open of this.open) {
      const { prefix, rows, spec } = open;
      for (const [from, to] of rows.expired?.() ?? []) {
        const range = [concatBytes(prefix, from), concatBytes(prefix, to)] as const;
        const gone = this.#changes?.wants(spec) === true ? await this.#keysIn(range, prefix.length) : [];
        await this.#bytes.clear(...range);
        if (gone.length > 0) this.#changes?.publish(open, gone.map(deleted));
      }
    }
    for (const { commits } of this.open) commits.running = false;
    this.#changes?.settle();
  }

  #begin() {
    for (const { commits } of this.open) {
      commits.running = true;
      commits.begun++;
    }
    return { logged: [], unlogged: [], changed: new Set<StorePartition>() };
  }

  async #keysIn(range: readonly [from: Bytes, to: Bytes], prefixLength: number): Promise<Bytes[]> {
    const keys: Bytes[] = [];
    for await (const [key] of withoutPrefix(this.#bytes.scan(...range), prefixLength)) keys.push(key);
    return keys;
  }
}

/** Returns the delete of a row that has expired. */
const deleted = (key: Bytes): CommittedRow => ({ key, value: undefined });

/** Returns the access of a store to its part of the byte store. */
export const storeAccess = (
  partition: StorePartition,
  options: Omit<StoresOptions, 'storePartitions'>,
): StoreAccess => {
  const reads = options.reads?.(partition.spec.name) ?? new Counter();
  return {
    get: (key) => {
      reads.total++;
      return options.bytes.get(concatBytes(partition.prefix, key));
    },
    journal: options.journal,
    topic: partition.changelog?.topic ?? partition.spec.name,
    liveLimit: options.liveLimit,
    requestCommit: options.full,
    maxRowSize: partition.changelog?.own === true ? options.topicLimits?.size(partition.changelog.topic) : undefined,
    freeze: options.freeze,
    observeRow: options.observeRows?.(partition.spec),
  };
};

async function* withoutPrefix(
  rows: AsyncIterable<readonly [Bytes, Bytes]>,
  length: number,
): AsyncIterable<readonly [Bytes, Bytes]> {
  for await (const [key, row] of rows) yield [key.subarray(length), row];
}
