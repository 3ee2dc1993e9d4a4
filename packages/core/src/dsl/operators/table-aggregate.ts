import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import type { Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { record, type StreamRecord } from '../../graph/record.js';
import type { AnySerde } from '../../graph/serde.js';
import type { StoreSpec } from '../../graph/store.js';
import { keyIds } from '../../state/key-ids.js';
import type { KeyValueStore } from '../../state/key-value.js';
import type { NoPromise } from '../callback.js';

/** Gives a row its group: the key to group by and the value to aggregate; null leaves the row out. */
export type Grouping<in K, in V, out K2, out V2> = (
  value: V,
  key: K,
) => (NoPromise & readonly [K2 | null, V2 | null]) | null | undefined;

/**
 * Turns changes of a table's rows into changes of its groups. A row that stays in its group makes one change; one that
 * moves leaves the old group first.
 */
export const groupRowsNode = <K, V, K2, V2>(
  id: NodeId,
  from: NodeId,
  group: Grouping<K, V, K2, V2>,
  key: AnySerde,
): ProcessorNode => {
  const idOf = keyIds(key);
  const groupOf = (value: V | undefined, rowKey: K): readonly [K2, V2] | undefined => {
    const grouped = value === undefined ? undefined : group(value, rowKey);
    if (grouped === undefined || grouped === null) return undefined;
    const [groupKey, groupValue] = grouped;
    return groupKey === null || groupKey === undefined || groupValue === null || groupValue === undefined
      ? undefined
      : [groupKey, groupValue];
  };
  return {
    kind: 'processor',
    id,
    operator: 'group-rows',
    inputs: [{ by: 'pipeline', from, before: true }],
    stores: [],
    key: 'changed',
    value: 'changed',
    open: ({ forward }: Context<K2, Change<V2>>) => [
      ({ key, value, timestamp, headers }: StreamRecord<K, Change<V>>) => {
        if (!value.latest) return;
        const before = groupOf(value.before, key);
        const after = groupOf(value.after, key);
        if (before !== undefined && after !== undefined && idOf(before[0]) === idOf(after[0])) {
          forward(record(after[0], change(before[1], after[1]), timestamp, headers));
          return;
        }
        if (before !== undefined) forward(record(before[0], change<V2>(before[1], undefined), timestamp, headers));
        if (after !== undefined) forward(record(after[0], change<V2>(undefined, after[1]), timestamp, headers));
      },
    ],
  };
};

/** How a group's aggregate follows its rows. */
export interface RowAggregation<K, V, A> {
  /** The aggregate with a row; `undefined` stands for none yet. */
  readonly add: (aggregate: A | undefined, value: V, key: K) => A | null | undefined;
  /** The aggregate without a row; only called when there is one. */
  readonly subtract: (aggregate: A, value: V, key: K) => A | null | undefined;
}

/**
 * Keeps one aggregate per group of a table's rows: takes the old value out, then puts the new one in. An aggregate that
 * comes out null or undefined is deleted.
 */
export const aggregateRowsNode = <K, V, A>(
  id: NodeId,
  operator: string,
  input: Edge,
  store: StoreSpec<KeyValueStore<K, A>>,
  { add, subtract }: RowAggregation<K, V, A>,
): ProcessorNode => {
  const settled = (demanded: boolean): ProcessorNode => ({
    kind: 'processor',
    id,
    operator,
    inputs: [input],
    stores: [store],
    key: 'kept',
    value: 'changed',
    open: (context: Context<K, Change<A>>) => {
      const rows = context.store(store);
      return [
        ({ key, value: { before, after }, timestamp, headers }: StreamRecord<K, Change<V>>) => {
          const old = rows.row(key);
          const current = rows.draft(key, demanded);
          const without =
            before !== undefined && current !== undefined ? (subtract(current, before, key) ?? undefined) : current;
          const next = after === undefined ? without : (add(without, after, key) ?? undefined);
          const at = old === undefined ? timestamp : Math.max(timestamp, old.timestamp);
          if (next === undefined) rows.delete(key, at);
          else rows.put(key, next, at);
          context.forward(record(key, change(demanded ? old?.value : undefined, next, demanded), at, headers));
        },
      ];
    },
    lookup: (context) => {
      const rows = context.store(store);
      return { get: (key) => rows.row(key as K) };
    },
  });
  return { ...settled(false), settle: ({ before }) => settled(before !== false) };
};
