import { type Change, change } from '../../graph/change.js';
import type { Demand, Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { type StreamRecord, withValue } from '../../graph/record.js';
import type { Row, StoreSpec } from '../../graph/store.js';
import type { KeyValueStore } from '../../state/key-value.js';

/** How a table is computed from another, row by row. */
export interface RowStep<K, V, V2> {
  readonly operator: 'table-filter' | 'table-filter-not' | 'table-map-values';
  /** The new value of a row; `undefined` leaves the row out. Never called for a row that is not there. */
  readonly compute: (value: V, key: K) => V2 | undefined;
  /**
   * Whether a change from nothing to nothing is kept back where it is visible: what filters do and mappers do not, nor
   * filters of a table that knows its history.
   */
  readonly skipsNothing: boolean;
  /** Whether its input could tell the value from before when the step was added, as a table whose rows are kept can. */
  readonly inputTells: boolean;
}

/**
 * A table computed from another, row by row: a filter or a mapper. Without a store of its own it looks rows up through
 * its input and computes them again.
 *
 * As in Kafka Streams, a filter forwards a delete for every update that does not pass, even if nothing was there, unless
 * the value from before shows that nothing was: where somebody asks the filter for it, or where the table above could tell
 * it already when the filter was added.
 */
export const rowNode = <K, V, V2>(
  id: NodeId,
  from: NodeId,
  step: RowStep<K, V, V2>,
  store: StoreSpec<KeyValueStore<K, V2>> | undefined,
): ProcessorNode => {
  const settled = ({ before, lookup }: Demand): ProcessorNode => {
    const skips = step.skipsNothing && (before || step.inputTells);
    const input: Edge = { by: 'pipeline', from, before: store === undefined && (before || skips) };
    const looksUp = lookup && store === undefined;
    return {
      kind: 'processor',
      id,
      operator: step.operator,
      inputs: looksUp ? [input, { by: 'lookup', from }] : [input],
      stores: store === undefined ? [] : [store],
      key: 'kept',
      value: step.operator === 'table-map-values' ? 'changed' : 'kept',
      open: (context) => {
        const rows = store === undefined ? undefined : context.store(store);
        const compute = (value: V | undefined, key: K) =>
          value === undefined ? undefined : (step.compute(value, key) ?? undefined);
        return [
          (record: StreamRecord<K, Change<V>>) => {
            const { key, timestamp, value } = record;
            const after = compute(value.after, key);
            const known = rows !== undefined || value.known;
            const old = rows === undefined ? compute(value.before, key) : rows.get(key);
            if (skips && old === undefined && after === undefined) return;
            if (after === undefined) rows?.delete(key, timestamp);
            else rows?.put(key, after, timestamp);
            context.forward(withValue(record, change(old, after, known, rows !== undefined || value.latest)));
          },
        ];
      },
      lookup: (context) => {
        if (store !== undefined) {
          const rows = context.store(store);
          return { get: (key) => rows.row(key as K) };
        }
        const { get, asOf } = context.lookup<K, V>(0);
        const computed = (row: Row<V> | undefined, key: K): Row<V2> | undefined => {
          const value = row && (step.compute(row.value, key) ?? undefined);
          return value === undefined ? undefined : { value, timestamp: (row as Row<V>).timestamp };
        };
        return {
          get: (key) => computed(get(key as K), key as K),
          asOf: asOf && ((key, timestamp) => computed(asOf(key as K, timestamp), key as K)),
        };
      },
    };
  };
  return { ...settled({ before: false, lookup: false }), settle: settled };
};
