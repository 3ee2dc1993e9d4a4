import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import { ConfigError } from '../../graph/errors.js';
import type { NodeId, ProcessorNode } from '../../graph/node.js';
import { type StreamRecord, withValue } from '../../graph/record.js';
import type { AnySerde, Serde } from '../../graph/serde.js';
import type { AnyStoreSpec, StoreSpec } from '../../graph/store.js';
import { type KeyValueStore, keyValue } from '../../state/key-value.js';
import { appendNode } from '../append.js';
import { refuseAsync, type Sync } from '../callback.js';
import { emitAt } from '../emission.js';
import { type ChainPosition, serdeOf, stepName } from '../position.js';
import type { TableRows, TableStepOptions } from '../table.js';

/** What a row processor is opened with: stores, clocks and schedules, but nothing to forward to. */
export type RowContext = Omit<Context<never, never>, 'forward' | 'forwardTo' | 'child' | 'lookup'>;

/**
 * Computes rows with stores: opened once per task, then given each new value, undefined for a delete. Null or undefined
 * leaves the row out.
 */
export type RowProcessor<in K, in V, out V2> = (
  context: RowContext,
) => (value: V | undefined, key: K, timestamp: number) => Sync<V2>;

/** The stores of a row processor besides the options of every step. */
export interface RowProcessOptions<V> extends TableStepOptions<V> {
  readonly stores?: readonly AnyStoreSpec[];
}

/** Appends a step that computes rows with stores. Its rows are kept by name, or where a later step asks for them. */
export const processRowsAt = <K, V, V2>(
  from: ChainPosition,
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
  return [emitAt(after, emit, named), { store }];
};

const noSerde = (id: NodeId): ConfigError =>
  new ConfigError(`${id} needs a serde for the rows that it keeps: add { value } to processValues`);

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
        const compute = processor(context as unknown as RowContext);
        const rows = kept && store !== undefined ? context.store(store) : undefined;
        return [
          (row: StreamRecord<K, Change<V>>) => {
            const { key, timestamp, value } = row;
            const after = (compute(value.after, key, timestamp) as V2 | null | undefined) ?? undefined;
            const before = rows?.get(key);
            if (after === undefined) rows?.delete(key, timestamp);
            else rows?.put(key, after, timestamp);
            const latest = rows !== undefined || value.latest;
            context.forward(withValue(row, change(before, after, rows !== undefined, latest)));
          },
        ];
      },
      lookup: (context) => {
        const rows = context.store(store as NonNullable<typeof store>);
        return { get: (key) => rows.row(key as K) };
      },
    };
  };
  const settle: ProcessorNode['settle'] = ({ before, lookup }) => settled(process.kept || before === true || lookup);
  return { ...settled(process.kept), settle };
};
