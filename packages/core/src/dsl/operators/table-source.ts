import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import { toMilliseconds } from '../../graph/duration.js';
import { ConfigError } from '../../graph/errors.js';
import type { Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { type StreamRecord, withValue } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import type { ReadableSpec } from '../../graph/store.js';
import { hasEnded } from '../../graph/ttl.js';
import { type KeyValueStore, keyValue } from '../../state/key-value.js';
import { versioned } from '../../state/versioned.js';
import { appendNode } from '../append.js';
import { type ChainPosition, keyedEdge, serdeOf, stepName, type TableRows } from '../chain.js';
import type { TableSourceOptions } from '../options.js';
import { appendEmit } from './emit.js';
import { forwardDelete } from './forward-delete.js';
import { versionedTableNode } from './versioned-table.js';

/** The records of a table: the edge they come by and their serdes. */
export interface TableSource {
  readonly operator: 'table' | 'to-table';
  readonly edge: (id: string, named: boolean) => Edge;
  readonly key: Serde<unknown>;
  readonly value: Serde<unknown>;
  /** The topic of the records, if the table is that whole topic; it then serves as the changelog. */
  readonly sourceTopic?: string;
}

/** Appends a step that reads records as a table; with a history it keeps old versions of rows. */
export const appendTable = (
  from: ChainPosition,
  { operator, edge, key, value, sourceTopic }: TableSource,
  options: TableSourceOptions,
): [ChainPosition, TableRows] => {
  const { id, named } = stepName(from.chain, operator, options.name);
  const after = { partitioned: true };
  const { ttl } = options;
  if (options.history === undefined) {
    // The deletes of ended rows are in no source topic.
    const store = keyValue(id, { key, value, named, ttl, sourceTopic: ttl === undefined ? sourceTopic : undefined });
    const table = appendNode(from, tableNode(id, edge(id, named), store, named), after);
    return [appendEmit(table, options.emit, { named }), { store }];
  }
  if (ttl !== undefined) throw endsTwice(id);
  const history = toMilliseconds(options.history, `the history of ${id}`);
  const store = versioned(id, { key, value, history, sourceTopic, named });
  const table = appendNode(from, versionedTableNode(id, edge(id, named), store), after);
  return [
    appendEmit(table, options.emit, { named, stored: true, versioned: true }),
    { store, history, versioned: true },
  ];
};

const endsTwice = (id: NodeId): ConfigError =>
  new ConfigError(`${id} has a history and a ttl, which keep rows for different times: leave one out`);

/** Appends a step that reads a stream as a table, behind a repartition topic if keys were changed. */
export const appendToTable = (from: ChainPosition, options: TableSourceOptions): [ChainPosition, TableRows] =>
  appendTable(
    from,
    {
      operator: 'to-table',
      edge: (id, named) => keyedEdge(from, id, named),
      key: serdeOf(from, 'key', 'toTable'),
      value: serdeOf(from, 'value', 'toTable'),
    },
    options,
  );

/**
 * Reads records as a table: the last value of each key by offset, null for a delete. Null keys are dropped.
 *
 * Rows are stored only if the table is named or has a ttl, or if a step downstream looks rows up or needs old values.
 * Otherwise changes pass through without their old value.
 *
 * With a ttl, the delete of an ended row is forwarded like any other. A record that has ended when it is read counts as a
 * delete, so the rows depend on the last record of each key and on the clock alone.
 */
const tableNode = <K, V>(
  id: NodeId,
  input: Edge,
  store: ReadableSpec<KeyValueStore<K, V>, K, V>,
  kept: boolean,
): ProcessorNode => {
  const node = {
    kind: 'processor',
    id,
    operator: 'table',
    inputs: [input],
    key: 'kept',
    value: 'changed',
    // A record of one key may end the row of another.
    keyLocal: store.ttl === undefined,
  } as const;
  const stored: ProcessorNode = {
    ...node,
    stores: [store],
    open: (context) => [storeRows<K, V>(store)(context)],
    lookup: (context) => {
      const rows = context.store(store);
      return { get: (key) => rows.row(key as K) };
    },
  };
  const passing: ProcessorNode = { ...node, stores: [], open: (context) => [passChanges<K, V>(context)] };
  return kept || store.ttl !== undefined
    ? stored
    : { ...passing, resolve: ({ before, lookup }) => (before === true || lookup ? stored : passing) };
};

const storeRows =
  <K, V>(store: ReadableSpec<KeyValueStore<K, V>, K, V>) =>
  (context: Context<K, Change<V>>) => {
    const { ttl } = store;
    const rows = context.store(store);
    if (ttl !== undefined) context.onExpiry(store, forwardDelete(context));
    return (record: StreamRecord<K | null, V | null | undefined>) => {
      const { key, timestamp } = record;
      if (key === null || key === undefined) return context.drop('null-key');
      const before = rows.get(key);
      const ended = ttl !== undefined && record.value != null && hasEnded(ttl, timestamp, context.time);
      if (ended) context.drop('expired');
      if (ended && before === undefined) return;
      const after = ended ? undefined : (record.value ?? undefined);
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
