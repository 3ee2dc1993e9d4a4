import { type AnyStoreSpec, type Bytes, concatBytes, type NodeId, type Subtopology } from '@kstreams/core/graph';
import type { PartitionQueue } from './queue.js';
import type { TaskStores } from './stores/task-stores.js';

/** How many records of a queue are looked at in one go. */
const longest = 500;

/**
 * The rows that the waiting records of a task will ask a slow store for, as far as it can tell before they are processed:
 * those of their own keys in the key-value stores which they reach with their keys kept. So a batch costs one round trip
 * and not one for each key; what cannot be told is fetched when it is missed.
 */
export class RowsAhead {
  readonly #prefixes = new Map<NodeId, Bytes[]>();

  constructor(subtopology: Subtopology, stores: TaskStores) {
    const prefixes = new Map(stores.open.map(({ prefix, spec }) => [spec, prefix]));
    for (const [source, specs] of storesByKey(subtopology)) {
      this.#prefixes.set(
        source,
        [...specs].flatMap((spec) => prefixes.get(spec) ?? []),
      );
    }
  }

  /** The keys of those rows; the records of each are asked about once. */
  take(queues: Iterable<PartitionQueue>): Bytes[] {
    const rows: Bytes[] = [];
    for (const queue of queues) {
      const prefixes = this.#prefixes.get(queue.node) ?? [];
      if (prefixes.length === 0) continue;
      for (const key of queue.takeKeysAhead(longest)) {
        for (const prefix of prefixes) rows.push(concatBytes(prefix, key));
      }
    }
    return rows;
  }
}

/** Which key-value stores the records of each source reach with the very bytes of their keys. */
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
        if (spec.shape === 'key-value' && spec.key === serdes.get(source)) found.get(source)?.add(spec);
      }
    }
    if (node.key === 'kept') kept.set(node.id, reaching);
  }
  return found;
};
