import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import type { Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { record, type StreamRecord } from '../../graph/record.js';
import type { ReadableSpec, Row } from '../../graph/store.js';
import { hasEnded } from '../../graph/ttl.js';
import type { KeyValueStore } from '../../state/key-value.js';
import { forwardDelete } from './forward-delete.js';

/** The aggregators of a key's values. */
export interface Aggregation<K, V, A> {
  /** Returns the aggregate before the first value; absent if the first value is the aggregate. */
  readonly init?: () => A;
  /**
   * One aggregator per input. Without `init`, the aggregate is `undefined` before the first value. A null or undefined
   * result deletes the row.
   */
  readonly aggregators: readonly ((aggregate: A | undefined, value: V, key: K) => A | null | undefined)[];
}

/**
 * Keeps one aggregate per key: `count`, `reduce`, `aggregate` and `cogroup`, with an aggregator per input.
 *
 * Null keys and values are dropped. The result has the larger timestamp of record and row. A null or undefined aggregate
 * deletes the row; the next value starts from `init` again. So does the first value after the row has ended, with a ttl; a
 * record of which the row would have ended is dropped.
 */
export const aggregateNode = <K, V, A>(
  id: NodeId,
  operator: string,
  inputs: readonly Edge[],
  store: ReadableSpec<KeyValueStore<K, A>, K, A>,
  { init, aggregators }: Aggregation<K, V, A>,
): ProcessorNode => {
  const settled = (sendsOldValues: boolean): ProcessorNode => ({
    kind: 'processor',
    id,
    operator,
    inputs,
    stores: [store],
    key: 'kept',
    value: 'changed',
    // A record of one key may end the row of another.
    keyLocal: store.ttl === undefined,
    copartitioned: inputs.length > 1 && 'cogroup',
    open: (context: Context<K, Change<A>>) => {
      const { ttl } = store;
      const rows = context.store(store);
      if (ttl !== undefined) context.onExpiry(store, forwardDelete(context));
      return aggregators.map((aggregate) => ({ key, value, timestamp, headers }: StreamRecord<K | null, V | null>) => {
        if (key === null || key === undefined) return context.drop('null-key');
        if (value === null || value === undefined) return context.drop('null-value');
        const at = Math.max(timestamp, rows.timestamp(key) ?? timestamp);
        if (ttl !== undefined && hasEnded(ttl, at, context.time)) return context.drop('expired');
        const before = sendsOldValues ? rows.get(key) : undefined;
        const after = aggregate(rows.getMutable(key) ?? init?.(), value, key) ?? undefined;
        if (after === undefined) rows.delete(key, at);
        else rows.put(key, after, at);
        context.forward(record(key, change(before, after, sendsOldValues), at, headers));
      });
    },
    lookup: (context) => {
      const rows = context.store(store);
      return { get: (key) => rows.row(key as K) as Row<unknown> | undefined };
    },
  });
  return { ...settled(false), resolve: ({ before }) => settled(before !== false) };
};
