import { type AnyStoreSpec, type Bytes, concatBytes, type NodeId, type Subtopology } from '@kstreams/core/graph';
import type { RecordQueue } from './record-queue.js';

/** The stores of a task, as far as prefetching needs them. */
export interface PrefetchedStores {
  readonly open: readonly { readonly spec: AnyStoreSpec; readonly prefix: Bytes }[];
  /** Loads rows of a slow backend ahead. */
  prefetchKeys(keys: readonly Bytes[]): Promise<void>;
}

/** How many records of a queue are prefetched at once. */
const maxRecords = 500;

/**
 * Loads the rows that the waiting records of a task will read. They are predictable for key-value stores that records
 * reach with their keys kept. So a batch costs one round trip and not one per key.
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

  /** Loads the rows of the waiting records, each record once. */
  prefetch(): Promise<void> {
    return this.#stores.prefetchKeys(this.#predictedKeys());
  }

  #predictedKeys(): Bytes[] {
    const keys: Bytes[] = [];
    for (const queue of this.#queues.values()) {
      const prefixes = this.#prefixes.get(queue.node) ?? [];
      if (prefixes.length === 0) continue;
      for (const key of queue.takePrefetchKeys(maxRecords)) {
        for (const prefix of prefixes) keys.push(concatBytes(prefix, key));
      }
    }
    return keys;
  }
}

/** Returns the key-value stores that the records of each source read by the very bytes of their keys. */
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
