import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import { ConfigError } from '../../graph/errors.js';
import type { NodeId, ProcessorNode } from '../../graph/node.js';
import { type OptionChecks, option } from '../../graph/option.js';
import { type StreamRecord, withValue } from '../../graph/record.js';
import type { AnySerde, Serde } from '../../graph/serde.js';
import type { AnyStoreSpec, StoreSpec } from '../../graph/store.js';
import { refuseAsync, synchronous } from '../../graph/synchronous.js';
import { type KeyValueStore, keyValue } from '../../state/key-value.js';
import { appendNode } from '../append.js';
import type { Sync } from '../callback.js';
import { type ChainPosition, serdeOf, stepName, type TableRows } from '../chain.js';
import { type TableStepOptions, tableStepChecks } from '../options.js';
import { appendEmit } from './emit.js';

/** The context of a row processor: stores, clocks and schedules, but no `forward`. */
export type RowContext = Omit<Context<never, never>, 'forward' | 'forwardTo' | 'child' | 'lookup'>;

/**
 * Computes rows with stores. It is opened once per task, then called with each new value, `undefined` for a delete. Null
 * or undefined leaves the row out.
 */
export type RowProcessor<in K, in V, out V2> = (
  context: RowContext,
) => (value: V | undefined, key: K, timestamp: number) => Sync<V2>;

/** The options of a row processor: those of every table step, and its stores. */
export interface RowProcessOptions<V> extends TableStepOptions<V> {
  /** The stores it may use; none unless set. */
  readonly stores?: readonly AnyStoreSpec[];
}

/** The checks of {@link RowProcessOptions}. */
export const rowProcessChecks: OptionChecks<RowProcessOptions<unknown>> = {
  ...tableStepChecks,
  stores: option.listOf(option.store),
};

/** Appends a row processor. Its rows are stored if it is named, or if a later step looks rows up or needs old values. */
export const appendRowProcessor = <K, V, V2>(
  { position: from, rows }: { readonly position: ChainPosition; readonly rows: TableRows },
  processor: RowProcessor<K, V, V2>,
  { emit, name, stores = [], value }: RowProcessOptions<unknown>,
): [ChainPosition, TableRows] => {
  const { id, named } = stepName(from.chain, 'table-process', name);
  refuseAsync(id, processor);
  const serde: AnySerde | undefined = value ?? from.chain.defaults.value;
  if (named && serde === undefined) throw noSerde(id);
  const store = serde && keyValue<K, V2>(id, { key: serdeOf(from, 'key', id), value: serde as Serde<V2>, named });
  const node = rowProcessNode({ id, from: from.node, processor, stores, store, kept: named });
  const after = appendNode(from, node, { value: serde === undefined ? { changedBy: id } : { serde } });
  return [appendEmit(after, emit, { named, versioned: rows.versioned }), { store, versioned: rows.versioned }];
};

const noSerde = (id: NodeId): ConfigError =>
  new ConfigError(`${id} needs a serde for its rows: add { value } to processValues`);

interface RowProcess<K, V, V2> {
  readonly id: NodeId;
  readonly from: NodeId;
  readonly processor: RowProcessor<K, V, V2>;
  readonly stores: readonly AnyStoreSpec[];
  readonly store: StoreSpec<KeyValueStore<K, V2>> | undefined;
  readonly kept: boolean;
}

const rowProcessNode = <K, V, V2>(process: RowProcess<K, V, V2>): ProcessorNode => {
  const { from, id, processor, store, stores } = process;
  const settled = (kept: boolean): ProcessorNode => {
    if (kept && store === undefined) throw noSerde(id);
    return {
      kind: 'processor',
      id,
      operator: 'table-process',
      inputs: [{ by: 'pipeline', from }],
      stores: kept && store !== undefined ? [...stores, store] : stores,
      key: 'kept',
      value: 'changed',
      open: (context: Context<K, Change<V2>>) => {
        const compute = synchronous(id, processor(context as unknown as RowContext));
        const rows = kept && store !== undefined ? context.store(store) : undefined;
        return [
          (row: StreamRecord<K, Change<V>>) => {
            const { key, timestamp, value } = row;
            const after = (compute(value.after, key, timestamp) as V2 | null | undefined) ?? undefined;
            if (rows !== undefined && !value.latest)
              return context.forward(withValue(row, change<V2>(undefined, after, false, false)));
            const before = rows?.get(key);
            if (after === undefined) rows?.delete(key, timestamp);
            else rows?.put(key, after, timestamp);
            context.forward(withValue(row, change(before, after, rows !== undefined, value.latest)));
          },
        ];
      },
      lookup: (context) => {
        const rows = context.store(store as NonNullable<typeof store>);
        return { get: (key) => rows.row(key as K) };
      },
    };
  };
  const resolve: ProcessorNode['resolve'] = ({ before, lookup }) => settled(process.kept || before || lookup !== false);
  return { ...settled(process.kept), resolve };
};
