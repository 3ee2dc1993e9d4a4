import {
  type AggregateOptions,
  countSerde,
  type DeletedBy,
  type GroupedStream,
  serdeOf,
  type Table,
  valueChecks,
} from '@kstreams/core/dsl';
import { checkCall, checkOptions, type Serde, synchronous } from '@kstreams/core/graph';
import type { Windowed } from '../keys/windowed.js';
import type { Aggregation, WindowKind } from './window-kind.js';
import { appendWindowedTable } from './windowed-table.js';

/**
 * A grouped stream cut into windows. Its tables have one row per key and window. D is `never` for windows that emit on close
 * only, which are never deleted.
 */
export class WindowedStream<out K, out V, out D extends null = null> {
  /** Types only: never set. */
  declare readonly deletes?: D;
  readonly #group: GroupedStream<K, V>;
  readonly #kind: WindowKind;

  constructor(group: GroupedStream<K, V>, kind: WindowKind) {
    this.#group = group;
    this.#kind = kind;
  }

  /**
   * Aggregates the values of each key and window, from `init()`; null or undefined from `add` deletes the row.
   *
   * @throws ConfigError when a serde is unknown or a function is async.
   *
   * @example
   * perHour.aggregate(() => 0, (sum, order) => sum + order.total, { name: 'totals', value: double })
   */
  aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined,
    options: AggregateOptions<A> = {},
  ): Table<Windowed<K>, A, D> {
    checkCall('aggregate', { init, add }, options, valueChecks);
    const value = this.#group.valueSerde('aggregate', options);
    const step = options.name ?? 'aggregate';
    const aggregation = {
      init: synchronous(step, init),
      add: synchronous(step, add) as Aggregation<K, V, A>['add'],
    };
    return appendStreamTable(this.#group, this.#kind, {
      ...options,
      operator: 'aggregate',
      value,
      aggregation,
    });
  }

  /**
   * Combines the values of each key and window; the first value is the first aggregate.
   *
   * @throws ConfigError when a serde is unknown or the function is async.
   *
   * @example
   * perHour.reduce((largest, order) => (order.total > largest.total ? order : largest))
   */
  reduce<K2, V2, R extends NonNullable<V2> | null | undefined>(
    this: WindowedStream<K2, V2>,
    combine: (aggregate: NonNullable<V2>, value: V2, key: K2) => R,
    options: AggregateOptions<NonNullable<V2>> = {},
  ): Table<Windowed<K2>, NonNullable<V2>, D & DeletedBy<R | V2>> {
    checkCall('reduce', { combine }, options, valueChecks);
    const value: Serde<NonNullable<V2>> = options.value ?? serdeOf(this.#group.position, 'value', 'reduce');
    const aggregation = reducing(synchronous(options.name ?? 'reduce', combine));
    return appendStreamTable(this.#group, this.#kind, {
      ...options,
      operator: 'reduce',
      value,
      aggregation,
    });
  }

  /**
   * Counts the records of each key and window. The serde is `countSerde` unless set.
   *
   * @example
   * perHour.count({ name: 'orders-per-hour' })
   */
  count(options: AggregateOptions<number> = {}): Table<Windowed<K>, number, never> {
    checkOptions('count', options, valueChecks);
    const value = options.value ?? countSerde;
    return appendStreamTable(this.#group, this.#kind, {
      ...options,
      operator: 'count',
      value,
      aggregation: counting,
    });
  }
}

/** The parts of a windowed aggregation of one stream. */
interface StreamAggregation<K, V, A> extends AggregateOptions<A> {
  readonly operator: string;
  readonly value: Serde<A>;
  readonly aggregation: Aggregation<K, V, A>;
}

/** Appends a windowed aggregation of one stream. */
export const appendStreamTable = <K, V, A, D extends null>(
  group: GroupedStream<K, V>,
  kind: WindowKind,
  { aggregation, name, operator, value }: StreamAggregation<K, V, A>,
): Table<Windowed<K>, A, D> => {
  const { edge, id, key, named } = group.step(`${kind.name}-${operator}`, name);
  const table: typeof group.table = (...args) => group.table(...args);
  const step = { id, named, key, inputs: [edge], graph: group.position.chain.graph, table };
  return appendWindowedTable(step, kind, value, [aggregation]);
};

/** Creates the aggregation of `reduce`: the first value is the first aggregate. */
export const reducing = <K, V>(
  combine: (aggregate: NonNullable<V>, value: V, key: K) => NonNullable<V> | null | undefined,
): Aggregation<K, V, NonNullable<V>> => ({
  init: () => undefined,
  add: (aggregate, value, key) =>
    aggregate === undefined ? (value as NonNullable<V>) : combine(aggregate, value, key),
  merge: (left, right, key) => (left === undefined ? right : combine(left, right, key)),
});

/** The aggregation of `count`. */
export const counting: Aggregation<unknown, unknown, number> = {
  init: () => 0,
  add: (count) => (count ?? 0) + 1,
  merge: (left, right) => (left ?? 0) + right,
};
