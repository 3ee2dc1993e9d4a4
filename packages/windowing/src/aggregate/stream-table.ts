import {
  type Aggregate,
  type AggregateOptions,
  appendResults,
  countSerde,
  type GroupedStream,
  type MergeableAggregate,
  serdeOf,
  storedSerde,
  Table,
  valueChecks,
} from '@kstreams/core/dsl';
import { checkCall, checkOptions, type Serde, synchronous } from '@kstreams/core/graph';
import type { Windowed } from '../keys/windowed.js';
import type { Aggregation, WindowKind } from './window-kind.js';
import { appendWindowedTable } from './windowed-table.js';

/** A grouped stream and the windows that it is cut into. */
export interface WindowedGroup<out K, out V> {
  readonly group: GroupedStream<K, V>;
  readonly kind: WindowKind;
}

/** The parts of a windowed aggregation of one stream. */
interface StreamAggregation<K, V, A> extends AggregateOptions<A> {
  readonly operator: string;
  readonly value: Serde<A>;
  readonly aggregation: Aggregation<K, V, A>;
}

/** Appends a windowed aggregation of one stream. */
export const appendStreamTable = <K, V, A, D extends null>(
  { group, kind }: WindowedGroup<K, V>,
  { aggregation, name, operator, value }: StreamAggregation<K, V, A>,
): Table<Windowed<K>, A, D> => {
  const { edge, id, key, named } = group.step(`${kind.name}-${operator}`, name);
  const table: typeof group.table = (...args) => group.table(...args);
  const step = { id, named, key, inputs: [edge], graph: group.position.chain.graph, table };
  return appendWindowedTable(step, kind, value, [aggregation]);
};

/** Appends an aggregation that is given as a value. Windows that merge need one with `merge`, which others never call. */
export const appendAggregate = <K, V, A, R, D extends null>(
  windows: WindowedGroup<K, V>,
  aggregate: Aggregate<V, A, R> & Partial<Pick<MergeableAggregate<V, A, R>, 'merge'>>,
  options: AggregateOptions<R> = {},
): Table<Windowed<K>, R, D> => {
  checkOptions('aggregate', options, valueChecks);
  const step = options.name ?? aggregate.name;
  const merged = aggregate.merge && synchronous(step, aggregate.merge);
  const aggregation: Aggregation<K, V, A> = {
    init: () => undefined,
    add: synchronous(step, aggregate.add),
    ...(merged && { merge: (left, right) => (left === undefined ? right : merged(left, right)) }),
  };
  const value = storedSerde(windows.group.position, aggregate, options.value);
  const table = appendStreamTable(windows, { name: options.name, operator: 'aggregate', value, aggregation });
  return new Table(...appendResults(table, aggregate, options.value));
};

/** Appends a `reduce`: the first value of a window is its first aggregate. */
export const appendReduction = <K, V, D extends null>(
  windows: WindowedGroup<K, V>,
  combine: (aggregate: NonNullable<V>, value: V, key: K) => NonNullable<V> | null | undefined,
  options: AggregateOptions<NonNullable<V>>,
): Table<Windowed<K>, NonNullable<V>, D> => {
  checkCall('reduce', { combine }, options, valueChecks);
  const value: Serde<NonNullable<V>> = options.value ?? serdeOf(windows.group.position, 'value', 'reduce');
  const reduced = synchronous(options.name ?? 'reduce', combine);
  const aggregation: Aggregation<K, V, NonNullable<V>> = {
    init: () => undefined,
    add: (aggregate, value, key) =>
      aggregate === undefined ? (value as NonNullable<V>) : reduced(aggregate, value, key),
    merge: (left, right, key) => (left === undefined ? right : reduced(left, right, key)),
  };
  return appendStreamTable(windows, { ...options, operator: 'reduce', value, aggregation });
};

/** Appends a `count`. */
export const appendCount = <K, D extends null>(
  windows: WindowedGroup<K, unknown>,
  options: AggregateOptions<number>,
): Table<Windowed<K>, number, D> => {
  checkOptions('count', options, valueChecks);
  const aggregation: Aggregation<K, unknown, number> = {
    init: () => 0,
    add: (count) => (count ?? 0) + 1,
    merge: (left, right) => (left ?? 0) + right,
  };
  return appendStreamTable(windows, { ...options, operator: 'count', value: options.value ?? countSerde, aggregation });
};
