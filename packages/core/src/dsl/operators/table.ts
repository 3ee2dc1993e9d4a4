import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import type { Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import type { StreamRecord } from '../../graph/record.js';
import { withValue } from '../../graph/record.js';
import type { StoreSpec } from '../../graph/store.js';
import type { KeyValueStore } from '../../state/key-value.js';

/**
 * Reads records as a table: the last value of each key by offset, null for a delete. A null key is dropped.
 *
 * The rows are kept only where they are wanted: by name, or because somebody downstream looks them up or asks for the
 * value from before a change. Otherwise changes pass through.
 */
export const tableNode = <K, V>(
  id: NodeId,
  input: Edge,
  store: StoreSpec<KeyValueStore<K, V>>,
  kept: boolean,
): ProcessorNode => {
  const node = { kind: 'processor', id, operator: 'table', inputs: [input], key: 'kept', value: 'changed' } as const;
  const stored: ProcessorNode = {
    ...node,
    stores: [store],
    open: (context) => [keepRows<K, V>(store)(context)],
    lookup: (context) => {
      const rows = context.store(store);
      return { get: (key) => rows.row(key as K) };
    },
  };
  const passing: ProcessorNode = { ...node, stores: [], open: (context) => [passChanges<K, V>(context)] };
  return kept ? stored : { ...passing, settle: ({ before, lookup }) => (before === true || lookup ? stored : passing) };
};

const keepRows =
  <K, V>(store: StoreSpec<KeyValueStore<K, V>>) =>
  (context: Context<K, Change<V>>) => {
    const rows = context.store(store);
    return (record: StreamRecord<K | null, V | null | undefined>) => {
      const { key, timestamp } = record;
      if (key === null || key === undefined) return context.drop('null-key');
      const before = rows.get(key);
      const after = record.value ?? undefined;
      if (after === undefined) rows.delete(key, timestamp);
      else rows.put(key, after, timestamp);
      context.forward(withValue(record as StreamRecord<K, unknown>, change(before, after)));
    };
  };

const passChanges =
  <K, V>(context: Context<K, Change<V>>) =>
  (record: StreamRecord<K | null, V | null | undefined>) => {
    if (record.key === null || record.key === undefined) return context.drop('null-key');
    context.forward(withValue(record as StreamRecord<K, unknown>, change(undefined, record.value ?? undefined, false)));
  };
