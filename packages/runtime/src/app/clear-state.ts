import {
  type Backend,
  concatBytes,
  type Plan,
  storePrefix,
  type TopicDescription,
  type Write,
} from '@kstreams/core/graph';
import { tasksOf } from '../worker/topics/assignment.js';
import { backendStores } from './backend-stores.js';

/** The limits of all keys, which are printable. */
const [firstKey, lastKey] = [new Uint8Array(), Uint8Array.of(0xff)];

/**
 * Deletes all rows that a backend has for an application, also those of stores without a changelog that are kept elsewhere.
 * No process may run meanwhile: the state is taken over from it.
 */
export const clearState = async (
  plan: Plan,
  backend: Backend,
  folder: string,
  topics: ReadonlyMap<string, TopicDescription>,
): Promise<void> => {
  const store = await backend.open(folder, { stores: backendStores(plan, topics) });
  try {
    const { signal } = new AbortController();
    const kept = keptShards(plan, topics);
    for (const one of kept) await store.acquire?.({ ...one, signal });
    await store.clear(firstKey, lastKey);
    // Rows that are kept elsewhere are cleared there by the next commit of their shard.
    if (store.acquire !== undefined && kept.length > 0) await store.commit(kept.map(emptyCommit));
  } finally {
    await store.close();
  }
};

interface KeptShard {
  readonly store: string;
  readonly partition: number;
}

/** Returns the partitions of stores without a changelog. */
const keptShards = (plan: Plan, topics: ReadonlyMap<string, TopicDescription>): readonly KeptShard[] =>
  tasksOf(plan, (topic) => topics.get(topic)?.partitions).flatMap(({ partition, subtopology }) =>
    subtopology.stores.flatMap(({ changelog, disposable, name }) =>
      changelog === false && disposable !== true ? [{ store: name, partition }] : [],
    ),
  );

/** Deletes a key that no store has. */
const emptyCommit = ({ partition, store }: KeptShard): Write => [
  concatBytes(storePrefix(store, partition), Uint8Array.of(0)),
  undefined,
];
