import {
  type AnyStoreSpec,
  type ByteStore,
  type Bytes,
  concatBytes,
  encodeRow,
  type Journal,
  type Store,
  type StoreAccess,
  type Write,
} from '@kstreams/core';
import { changelogTopic } from '../names.js';
import { encodePosition, positionKey, rangeOf, storePrefix } from './keys.js';

/** A store of a task, open. */
export interface OpenStore {
  readonly spec: AnyStoreSpec;
  readonly store: Store;
  readonly partition: number;
  readonly prefix: Bytes;
  /** Where it is logged; `undefined` when it is not. */
  readonly changelog: string | undefined;
}

/** What the stores of a task need to know of it. */
export interface StoresOptions {
  readonly application: string;
  readonly partition: number;
  readonly specs: readonly AnyStoreSpec[];
  readonly bytes: ByteStore;
  readonly journal: Journal;
  readonly liveLimit: number;
  /** Asks for a commit soon. */
  readonly full: () => void;
}

/** Writes one row to a changelog. */
export type AppendRow = (topic: string, partition: number, key: Bytes, value: Bytes | null, timestamp: number) => void;

/** The stores of one task: opened on their share of the byte store, flushed together at a commit. */
export class TaskStores {
  readonly open: readonly OpenStore[];
  readonly #bytes: ByteStore;

  constructor(options: StoresOptions) {
    this.#bytes = options.bytes;
    this.open = options.specs.map((spec) => openStore(spec, options));
  }

  /** The open store of a spec, or `undefined` when it is not one of this task. */
  get(spec: AnyStoreSpec): Store | undefined {
    return this.open.find((one) => one.spec === spec)?.store;
  }

  /** Lets stores rebuild what they keep in memory from their rows; before the first record. */
  async load(): Promise<void> {
    for (const { store, prefix } of this.open) {
      if (store.load !== undefined)
        await store.load(withoutPrefix(this.#bytes.scan(...rangeOf(prefix)), prefix.length));
    }
  }

  /**
   * Collects what changed since the last settled flush and appends it to the changelogs. The writes are for the byte
   * store, once the commit has gone far enough.
   */
  flush(append: AppendRow): Write[] {
    const writes: Write[] = [];
    for (const { spec, store, prefix, partition, changelog } of this.open) {
      const logged = changelog !== undefined && spec.sourceTopic === undefined;
      store.flush((key, value, timestamp) => {
        writes.push([concatBytes(prefix, key), value && encodeRow(value, timestamp)]);
        if (logged) append(changelog, partition, key, value ?? null, timestamp);
      });
    }
    return writes;
  }

  /** What was flushed is in the byte store. */
  settled(): void {
    for (const { store } of this.open) store.settled();
  }

  /** Deletes rows that expired; they need no log, since a restore lets them expire again. */
  async clearExpired(): Promise<void> {
    for (const { store, prefix } of this.open) {
      for (const [from, to] of store.expired?.() ?? []) {
        await this.#bytes.clear(concatBytes(prefix, from), concatBytes(prefix, to));
      }
    }
  }
}

/** The write that remembers up to where a store's changelog is in its rows. */
export const positionWrite = (store: string, partition: number, offset: number): Write => [
  positionKey(store, partition),
  encodePosition(offset),
];

const openStore = (spec: AnyStoreSpec, options: StoresOptions): OpenStore => {
  const { application, bytes, partition } = options;
  const prefix = storePrefix(spec.name, partition);
  const access: StoreAccess = {
    get: (key) => bytes.get(concatBytes(prefix, key)),
    warm: (keys) => bytes.warm?.(keys.map((key) => concatBytes(prefix, key))),
    journal: options.journal,
    topic: changelogTopic(application, spec),
    liveLimit: options.liveLimit,
    full: options.full,
  };
  const changelog = spec.changelog === false ? undefined : access.topic;
  return { spec, store: spec.open(access) as Store, partition, prefix, changelog };
};

async function* withoutPrefix(
  rows: AsyncIterable<readonly [Bytes, Bytes]>,
  length: number,
): AsyncIterable<readonly [Bytes, Bytes]> {
  for await (const [key, row] of rows) yield [key.subarray(length), row];
}
