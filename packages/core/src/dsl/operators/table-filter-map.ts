import { type Change, change } from '../../graph/change.js';
import type { Edge, NodeId, ProcessorNode, Requirements } from '../../graph/node.js';
import { type StreamRecord, withValue } from '../../graph/record.js';
import type { AnySerde } from '../../graph/serde.js';
import type { Row, StoreSpec } from '../../graph/store.js';
import { type KeyValueStore, keyValue } from '../../state/key-value.js';
import { appendNode, lookupThrough } from '../append.js';
import { type ChainPosition, resultSerde, serdeOf, stepName, type TableRows } from '../chain.js';
import type { EmitOptions } from '../options.js';
import { appendEmit } from './emit.js';

/** Appends a filter or mapper of rows; a name keeps the resulting rows in a store. */
export const appendRowStep = <K, V, V2>(
  { position: from, rows }: { readonly position: ChainPosition; readonly rows: TableRows },
  operator: RowStep<K, V, V2>['operator'],
  compute: RowStep<K, V, V2>['compute'],
  options: EmitOptions & { readonly name?: string; readonly value?: AnySerde },
): [ChainPosition, TableRows] => {
  const { id, named } = stepName(from.chain, operator, options.name);
  const mapped = operator === 'table-map-values';
  const value = mapped ? (options.value === undefined ? { changedBy: id } : { serde: options.value }) : from.value;
  const serdes = named && {
    key: serdeOf(from, 'key', id),
    value: mapped ? resultSerde(from.chain, options.value, 'value', id, 'result') : serdeOf(from, 'value', id),
  };
  const store = serdes ? keyValue<K, V2>(id, serdes) : undefined;
  const skipsEmpty = !mapped && rows.versioned !== true;
  const inputSendsOldValues = skipsEmpty && from.chain.graph.sendsOldValues(from.node);
  const node = rowNode(id, from.node, { operator, compute, skipsEmpty, inputSendsOldValues }, store);
  return [
    appendEmit(appendNode(from, node, { value }), options.emit, { named, versioned: rows.versioned }),
    store === undefined ? { ...rows, store: undefined } : { store, versioned: rows.versioned },
  ];
};

/** A filter or mapper of rows. */
interface RowStep<K, V, V2> {
  readonly operator: 'table-filter' | 'table-filter-not' | 'table-map-values';
  /** Returns the new value of a row; `undefined` leaves the row out. Never called for a missing row. */
  readonly compute: (value: V, key: K) => V2 | undefined;
  /** True for filters of a table without old versions: a change from no row to no row is not forwarded. */
  readonly skipsEmpty: boolean;
  /** True when the input sent old values already when the step was added. */
  readonly inputSendsOldValues: boolean;
}

/**
 * Computes a table from another, row by row. Without a store, lookups compute the row from the input's row.
 *
 * As in Kafka Streams, a filter forwards a delete for every update that does not pass, even if there was no row. It skips
 * that delete only if it gets old values: because a step downstream needs them, or the input sent them already.
 */
const rowNode = <K, V, V2>(
  id: NodeId,
  from: NodeId,
  step: RowStep<K, V, V2>,
  store: StoreSpec<KeyValueStore<K, V2>> | undefined,
): ProcessorNode => {
  const settled = ({ before, lookup }: Requirements): ProcessorNode => {
    const skips = step.skipsEmpty && (before || step.inputSendsOldValues);
    const input: Edge = { by: 'pipeline', from, before: store === undefined && (before || skips) };
    const looksUp = lookup && store === undefined;
    return {
      kind: 'processor',
      id,
      operator: step.operator,
      inputs: looksUp ? [input, lookupThrough(id, from, lookup)] : [input],
      stores: store === undefined ? [] : [store],
      key: 'kept',
      value: step.operator === 'table-map-values' ? 'changed' : 'kept',
      keyLocal: true,
      open: (context) => {
        const rows = store === undefined ? undefined : context.store(store);
        const compute = (value: V | undefined, key: K) =>
          value === undefined ? undefined : (step.compute(value, key) ?? undefined);
        return [
          (record: StreamRecord<K, Change<V>>) => {
            const { key, timestamp, value } = record;
            const after = compute(value.after, key);
            if (rows !== undefined && !value.latest)
              return context.forward(withValue(record, change(undefined, after, false, false)));
            const known = rows !== undefined || value.known;
            const old = rows === undefined ? compute(value.before, key) : rows.get(key);
            if (skips && old === undefined && after === undefined) return;
            if (after === undefined) rows?.delete(key, timestamp);
            else rows?.put(key, after, timestamp);
            context.forward(withValue(record, change(old, after, known, value.latest)));
          },
        ];
      },
      lookup: (context) => {
        if (store !== undefined) {
          const rows = context.store(store);
          return { get: (key) => rows.row(key as K) };
        }
        const { ahead, asOf, get } = context.lookup<K, V>(0);
        const computed = (row: Row<V> | undefined, key: K): Row<V2> | undefined => {
          const value = row && (step.compute(row.value, key) ?? undefined);
          return value === undefined ? undefined : { value, timestamp: (row as Row<V>).timestamp };
        };
        return {
          get: (key) => computed(get(key as K), key as K),
          ahead: ahead && ((key) => computed(ahead(key as K), key as K)),
          asOf: asOf && ((key, timestamp) => computed(asOf(key as K, timestamp), key as K)),
        };
      },
    };
  };
  return { ...settled({ before: false, lookup: false }), resolve: settled };
};
