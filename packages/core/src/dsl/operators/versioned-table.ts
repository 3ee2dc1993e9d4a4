import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import type { Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { type StreamRecord, withValue } from '../../graph/record.js';
import type { StoreSpec } from '../../graph/store.js';
import type { VersionedStore } from '../../state/versioned.js';

/**
 * Reads records as a table with a history: the newest value of each key by timestamp, null for a delete. Null keys and
 * records older than the history are dropped.
 *
 * A record older than its key's newest row changes the history only. Its change has `latest: false`, and steps that need
 * the newest row leave it out.
 */
export const versionedTableNode = <K, V>(
  id: NodeId,
  input: Edge,
  store: StoreSpec<VersionedStore<K, V>>,
): ProcessorNode => ({
  kind: 'processor',
  id,
  operator: 'table',
  inputs: [input],
  stores: [store],
  key: 'kept',
  value: 'changed',
  open: (context: Context<K, Change<V>>) => {
    const rows = context.store(store);
    const clock = context.clock((time) => rows.observe(time));
    return [
      (record: StreamRecord<K | null, V | null | undefined>) => {
        const { key, timestamp } = record;
        if (key === null || key === undefined) return context.drop('null-key');
        const before = rows.get(key);
        const after = record.value ?? undefined;
        const put = rows.put(key, after, timestamp, clock(timestamp));
        if (put === 'expired') return context.drop('expired');
        context.forward(withValue(record as StreamRecord<K, unknown>, change(before, after, true, put === 'latest')));
      },
    ];
  },
  lookup: (context) => {
    const rows = context.store(store);
    return {
      get: (key) => rows.row(key as K),
      asOf: (key, timestamp) => rows.asOf(key as K, timestamp),
    };
  },
});
