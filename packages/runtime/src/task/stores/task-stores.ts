import {
  type AnyStoreSpec,
  type ByteStore,
  type Bytes,
  concatBytes,
  encodeRow,
  type Journal,
  type OpenedStore,
  type Outgoing,
  type RowTouch,
  type StoreAccess,
  type Write,
} from '@kstreams/core/graph';
import { encodePosition, positionKey, rangeOf } from './row-keys.js';
import type { StorePlace } from './store-place.js';

/** A row that a commit changed, as bytes; `undefined` for a delete. */
export interface CommittedRow {
  readonly key: Bytes;
  readonly value: Bytes | undefined;
  readonly timestamp: number;
}

/** Receives the rows that each commit changed. */
export interface CommitListener {
  /** True when the rows of a store are wanted. */
  wants(spec: AnyStoreSpec): boolean;
  /** Receives the changed rows of a store after their commit. */
  publish(store: OpenStore, rows: readonly CommittedRow[]): void;
}

/** A store of a task, open. */
export interface OpenStore extends StorePlace, OpenedStore<unknown> {}

/** What the stores of a task need to know of it. */
export interface StoresOptions {
  readonly places: readonly StorePlace[];
  readonly bytes: ByteStore;
  readonly journal: Journal;
  readonly liveLimit: number;
  /** Asks for a commit soon. */
  readonly full: () => void;
  /** Is told which rows each commit changed. */
  readonly changes?: CommitListener;
  /** Returns the listener for the rows of a store, if an observer wants them. */
  readonly observeRows?: ((spec: AnyStoreSpec) => ((touch: RowTouch) => void) | undefined) | undefined;
}

/** What a commit writes to the byte store. */
export interface StoreWrites {
  /** Rows that a changelog holds too. */
  readonly logged: readonly Write[];
  /** Rows that nothing else holds. */
  readonly unlogged: readonly Write[];
  /** The stores whose changelog has moved on: those that appended to it, and those whose source topic serves as one. */
  readonly changed: readonly OpenStore[];
}

/** The stores of one task: opened on their share of the byte store, flushed together at a commit. */
export class TaskStores {
  readonly open: readonly OpenStore[];
  readonly #bytes: ByteStore;
  readonly #changes: CommitListener | undefined;
  readonly #changed = new Map<OpenStore, CommittedRow[]>();

  constructor(options: StoresOptions) {
    this.#bytes = options.bytes;
    this.#changes = options.changes;
    this.open = options.places.map((place) => ({ ...place, ...place.spec.open(storeAccess(place, options)) }));
  }

  /** The open store of a spec, or `undefined` when it is not one of this task. */
  get(spec: AnyStoreSpec): OpenStore | undefined {
    return this.open.find((one) => one.spec === spec);
  }

  /** Loads rows of a slow backend ahead, by their keys in the byte store. */
  async prefetchKeys(keys: readonly Bytes[]): Promise<void> {
    await this.#bytes.prefetchKeys?.(keys);
  }

  /** Lets stores rebuild what they keep in memory from their rows; before the first record. */
  async load(): Promise<void> {
    for (const { rows, prefix } of this.open) {
      if (rows.load !== undefined) await rows.load(withoutPrefix(this.#bytes.scan(...rangeOf(prefix)), prefix.length));
    }
  }

  /**
   * Collects what changed since the last settled flush and appends it to the changelogs. The writes are for the byte
   * store, once the commit has gone far enough.
   */
  flush(append: (record: Outgoing) => void): StoreWrites {
    const logged: Write[] = [];
    const unlogged: Write[] = [];
    const moved: OpenStore[] = [];
    for (const open of this.open) {
      const { changelog, partition, prefix, rows, spec } = open;
      const changed: CommittedRow[] | undefined = this.#changes?.wants(spec) === true ? [] : undefined;
      if (changed !== undefined) this.#changed.set(open, changed);
      const writes = changelog === undefined ? unlogged : logged;
      const before = writes.length;
      rows.flush((key, value, timestamp) => {
        const row = value && encodeRow(value, timestamp);
        writes.push([concatBytes(prefix, key), row]);
        changed?.push({ key, value: row, timestamp });
        if (changelog?.own === true) {
          append({ topic: changelog.topic, partition, key, value: value ?? null, timestamp, headers: [] });
        }
      });
      if (changelog?.own === false || writes.length > before) moved.push(open);
    }
    return { logged, unlogged, changed: moved };
  }

  /** What was flushed is in the byte store. */
  settled(): void {
    for (const { rows } of this.open) rows.settled();
    for (const [store, rows] of this.#changed) this.#changes?.publish(store, rows);
    this.#changed.clear();
  }

  /** Deletes rows that expired; they need no log, since a restore lets them expire again. */
  async clearExpired(): Promise<void> {
    for (const { rows, prefix } of this.open) {
      for (const [from, to] of rows.expired?.() ?? []) {
        await this.#bytes.clear(concatBytes(prefix, from), concatBytes(prefix, to));
      }
    }
  }
}

/** The write that remembers up to where a store's changelog is in its rows. */
export const positionWrite = (store: string, partition: number, offset: number, topicId?: string): Write => [
  positionKey(store, partition),
  encodePosition(offset, topicId),
];

/** What a store is opened on: its share of the byte store. */
export const storeAccess = (place: StorePlace, options: Omit<StoresOptions, 'places'>): StoreAccess => ({
  get: (key) => options.bytes.get(concatBytes(place.prefix, key)),
  journal: options.journal,
  topic: place.changelog?.topic ?? place.spec.name,
  liveLimit: options.liveLimit,
  full: options.full,
  touched: options.observeRows?.(place.spec),
});

async function* withoutPrefix(
  rows: AsyncIterable<readonly [Bytes, Bytes]>,
  length: number,
): AsyncIterable<readonly [Bytes, Bytes]> {
  for await (const [key, row] of rows) yield [key.subarray(length), row];
}
