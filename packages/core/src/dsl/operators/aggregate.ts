import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import type { Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { record, type StreamRecord } from '../../graph/record.js';
import type { Row, StoreSpec } from '../../graph/store.js';
import type { KeyValueStore } from '../../state/key-value.js';

/** How the aggregate of a key goes on with every value. */
export interface Aggregation<K, V, A> {
  /** What it begins with; left out where the first value is the aggregate. */
  readonly init?: () => A;
  /**
   * The next aggregate, one function for each stream; `undefined` stands for none yet, where nothing begins it. Null or
   * undefined deletes.
   */
  readonly nexts: readonly ((aggregate: A | undefined, value: V, key: K) => A | null | undefined)[];
}

/**
 * Keeps one aggregate per key: count, reduce and aggregate of a stream, or of several that share the aggregate, each with
 * an aggregator of its own.
 *
 * A null key or value is dropped. The result's timestamp is the larger of the record's and the one so far. An aggregator
 * that gives null or undefined deletes the row, and the next value begins anew. As in Kafka Streams the value before the
 * first one is what the aggregate begins with.
 */
export const aggregateNode = <K, V, A>(
  id: NodeId,
  operator: string,
  inputs: readonly Edge[],
  store: StoreSpec<KeyValueStore<K, A>>,
  { init, nexts }: Aggregation<K, V, A>,
): ProcessorNode => {
  const settled = (before: boolean): ProcessorNode => ({
    kind: 'processor',
    id,
    operator,
    inputs,
    stores: [store],
    key: 'kept',
    value: 'changed',
    copartitioned: inputs.length > 1 && 'cogroup',
    open: (context: Context<K, Change<A>>) => {
      const rows = context.store(store);
      return nexts.map((next) => ({ key, value, timestamp, headers }: StreamRecord<K | null, V | null>) => {
        if (key === null || key === undefined) return context.drop('null-key');
        if (value === null || value === undefined) return context.drop('null-value');
        const old = rows.row(key);
        const after = next(rows.draft(key, before) ?? init?.(), value, key) ?? undefined;
        const at = old === undefined ? timestamp : Math.max(timestamp, old.timestamp);
        if (after === undefined) rows.delete(key, at);
        else rows.put(key, after, at);
        const shown = before ? (old === undefined ? init?.() : old.value) : undefined;
        context.forward(record(key, change(shown, after, before), at, headers));
      });
    },
    lookup: (context) => {
      const rows = context.store(store);
      return { get: (key) => rows.row(key as K) as Row<unknown> | undefined };
    },
  });
  return { ...settled(false), settle: ({ before }) => settled(before !== false) };
};
