import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import type { Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { record, type StreamRecord } from '../../graph/record.js';
import type { AnySerde, Serde } from '../../graph/serde.js';
import type { StoreSpec } from '../../graph/store.js';
import { keyIds } from '../../state/key-ids.js';
import { type KeyValueStore, keyValue } from '../../state/key-value.js';
import { appendNode } from '../append.js';
import { asPair, type NoPromise } from '../callback.js';
import { type ChainPosition, stepName, type TableRows } from '../chain.js';
import { changeSerde } from '../change-serde.js';
import type { EmitOptions, Named } from '../options.js';
import { appendEmit } from './emit.js';

/** Returns the group of a row: its key and the value to aggregate. Null leaves the row out. */
export type Grouping<in K, in V, out K2, out V2> = (
  value: V,
  key: K,
) => (NoPromise & readonly [K2 | null, V2 | null]) | null | undefined;

/** The aggregator of a group's rows. */
export interface RowAggregation<K, V, A> {
  /** Returns the aggregate with a row added; the aggregate is `undefined` before the first row. */
  readonly add: (aggregate: A | undefined, value: V, key: K) => A | null | undefined;
  /** Returns the aggregate with a row removed. */
  readonly subtract: (aggregate: A, value: V, key: K) => A | null | undefined;
}

/** The rows of a table, grouped but not yet aggregated. */
export interface GroupedRows<K, V> {
  readonly from: ChainPosition;
  readonly group: Grouping<never, never, K, V>;
  readonly key: AnySerde;
  readonly value: AnySerde;
  /** The name of the repartition topic, if the user chose it. */
  readonly topic: string | undefined;
}

/** Appends the grouping and the aggregation of a table's rows, with a repartition topic between them. */
export const appendRowAggregation = <K, V, A>(
  { from, group, key, topic, value: groupValue }: GroupedRows<K, V>,
  operator: string,
  value: Serde<A>,
  aggregation: RowAggregation<K, V, A>,
  { emit, name }: Named & EmitOptions,
): [ChainPosition, TableRows] => {
  const { chain } = from;
  const { id, named } = stepName(chain, `table-${operator}`, name);
  const grouped = groupRowsNode(`${id}-groups`, from.node, group, key);
  chain.graph.append(grouped);
  const store = keyValue<K, A>(id, { key, value, named });
  const repartition = {
    name: topic ?? id,
    key,
    value: changeSerde(groupValue),
    named: named || (topic !== undefined && topic !== id),
  };
  const edge = { by: 'repartition', from: grouped.id, repartition } as const;
  const after = { key: { serde: key }, value: { serde: value }, partitioned: true };
  const node = aggregateRowsNode(id, `table-${operator}`, edge, store, aggregation);
  return [appendEmit(appendNode(from, node, after), emit, { named, stored: true }), { store }];
};

/**
 * Turns changes of rows into changes of groups. A row that stays in its group makes one change; a row that moves makes a
 * change of the old group, then one of the new.
 */
const groupRowsNode = <K, V, K2, V2>(
  id: NodeId,
  from: NodeId,
  group: Grouping<K, V, K2, V2>,
  key: AnySerde,
): ProcessorNode => {
  const idOf = keyIds(key);
  const groupOf = (value: V | undefined, rowKey: K): readonly [K2, V2] | undefined => {
    const grouped = value === undefined ? undefined : group(value, rowKey);
    if (grouped === undefined || grouped === null) return undefined;
    const [groupKey, groupValue] = asPair(grouped, 'groupBy');
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

/**
 * Keeps one aggregate per group: subtracts the old value of a row, then adds the new one. A null or undefined aggregate is
 * deleted.
 */
const aggregateRowsNode = <K, V, A>(
  id: NodeId,
  operator: string,
  input: Edge,
  store: StoreSpec<KeyValueStore<K, A>>,
  { add, subtract }: RowAggregation<K, V, A>,
): ProcessorNode => {
  const settled = (sendsOldValues: boolean): ProcessorNode => ({
    kind: 'processor',
    id,
    operator,
    inputs: [input],
    stores: [store],
    key: 'kept',
    value: 'changed',
    keyLocal: true,
    open: (context: Context<K, Change<A>>) => {
      const rows = context.store(store);
      return [
        ({ key, value: { before, after }, timestamp, headers }: StreamRecord<K, Change<V>>) => {
          const old = sendsOldValues ? rows.get(key) : undefined;
          const at = Math.max(timestamp, rows.timestamp(key) ?? timestamp);
          const current = rows.getMutable(key);
          const without =
            before !== undefined && current !== undefined ? (subtract(current, before, key) ?? undefined) : current;
          const next = after === undefined ? without : (add(without, after, key) ?? undefined);
          if (next === undefined) rows.delete(key, at);
          else rows.put(key, next, at);
          context.forward(record(key, change(old, next, sendsOldValues), at, headers));
        },
      ];
    },
    lookup: (context) => {
      const rows = context.store(store);
      return { get: (key) => rows.row(key as K) };
    },
  });
  return { ...settled(false), resolve: ({ before }) => settled(before !== false) };
};
