import {
  type AnyStoreSpec,
  type Bytes,
  concatBytes,
  type NodeId,
  type Received,
  type Subtopology,
} from '@kstreams/core/graph';
import type { RecordQueue } from './record-queue.js';

/** The part of a task's stores that prefetching uses. */
export interface PrefetchedStores {
  readonly open: readonly { readonly spec: AnyStoreSpec; readonly prefix: Bytes }[];
  /** Begins to load rows of a slow backend; returns undefined if none is missing. */
  prefetchKeys(keys: readonly Bytes[]): Promise<void> | undefined;
}

/** Maximum number of records of a queue that are prefetched at once. */
const maxRecords = 500;

/**
 * Prefetches values that polled records will need, so that few records are parked: the values of their decoders, and the
 * rows of key-value stores that they reach with an unchanged key. A batch costs one round trip and not one per key.
 */
export class Prefetcher {
  readonly #stores: PrefetchedStores;
  readonly #queues: ReadonlyMap<string, RecordQueue>;
  readonly #prefixes = new Map<NodeId, Bytes[]>();

  constructor(subtopology: Subtopology, stores: PrefetchedStores, queues: ReadonlyMap<string, RecordQueue>) {
    this.#stores = stores;
    this.#queues = queues;
    const prefixes = new Map(stores.open.map(({ prefix, spec }) => [spec, prefix]));
    for (const [source, specs] of storesByKey(subtopology)) {
      this.#prefixes.set(
        source,
        [...specs].flatMap((spec) => prefixes.get(spec) ?? []),
      );
    }
  }

  /** Prefetches the values of waiting records, each record once. */
  prefetch(): void {
    for (const queue of this.#queues.values()) {
      const records = queue.takeUnprefetched(maxRecords);
      if (records.length > 0) this.#prefetch(queue, records);
    }
  }

  #prefetch(queue: RecordQueue, records: readonly Received[]): void {
    const keys = records.flatMap(({ key }) => key ?? []);
    this.#ignoreFailure(queue.key.prefetch?.(keys));
    this.#ignoreFailure(queue.value.prefetch?.(records.flatMap(({ value }) => value ?? [])));
    const prefixes = this.#prefixes.get(queue.node) ?? [];
    const rows = prefixes.flatMap((prefix) => keys.map((key) => concatBytes(prefix, key)));
    if (rows.length > 0) this.#ignoreFailure(this.#stores.prefetchKeys(rows));
  }

  #ignoreFailure(prefetched: Promise<void> | undefined): void {
    // The record that needs the value loads it again and fails with the error.
    prefetched?.catch(() => {});
  }
}

/** Returns the key-value stores that the records of each source read by the bytes of their keys. */
const storesByKey = ({ nodes, sources }: Subtopology): ReadonlyMap<NodeId, ReadonlySet<AnyStoreSpec>> => {
  const found = new Map(sources.map(({ id }) => [id, new Set<AnyStoreSpec>()]));
  const serdes = new Map(sources.map(({ id, key }) => [id, key]));
  const kept = new Map<NodeId, readonly NodeId[]>(sources.map(({ id }) => [id, [id]]));
  const stores = new Map(nodes.map((node) => [node.id, node.kind === 'processor' ? node.stores : []]));
  for (const node of nodes) {
    if (node.kind !== 'processor') continue;
    const reaching = node.inputs.flatMap(({ by, from }) => (by === 'pipeline' ? (kept.get(from) ?? []) : []));
    const lookedUp = node.inputs.flatMap(({ by, from }) => (by === 'lookup' ? (stores.get(from) ?? []) : []));
    for (const source of reaching) {
      for (const spec of [...node.stores, ...lookedUp]) {
        if (spec.reader?.plainKeys === true && spec.key === serdes.get(source)) found.get(source)?.add(spec);
      }
    }
    if (node.key === 'kept') kept.set(node.id, reaching);
  }
  return found;
};
