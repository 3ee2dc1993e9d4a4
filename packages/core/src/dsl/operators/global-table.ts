import type { GlobalNode, NodeId, TimestampExtractor } from '../../graph/node.js';
import type { StreamRecord } from '../../graph/record.js';
import type { StoreSpec } from '../../graph/store.js';
import { synchronous } from '../../graph/synchronous.js';
import type { Topic } from '../../graph/topic.js';
import type { KeyValueStore } from '../../state/key-value.js';

/** Reads a whole topic into the store of a global table: the last value of each key; null deletes. Null keys are dropped. */
export const globalTableNode = <K, V>(
  id: NodeId,
  { name, key, value }: Topic<K, V>,
  store: StoreSpec<KeyValueStore<K, V>>,
  timestamp: TimestampExtractor | undefined,
): GlobalNode => ({
  kind: 'global',
  id,
  topic: name,
  key,
  value,
  timestamp: timestamp && synchronous(`the timestamp extractor of "${id}"`, timestamp),
  store,
  open: (context) => {
    const rows = context.store(store);
    return ({ key, value, timestamp }: StreamRecord<K | null, V | null>) => {
      if (key === null || key === undefined) return context.drop('null-key');
      if (value === null || value === undefined) rows.delete(key, timestamp);
      else rows.put(key, value, timestamp);
    };
  },
  lookup: (context) => {
    const rows = context.store(store);
    return { get: (key) => rows.row(key as K) };
  },
});
