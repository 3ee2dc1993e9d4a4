import {
  type Aggregate,
  type AggregateOptions,
  aggregateCheck,
  type DeletedBy,
  type GroupedStream,
  isAggregateCall,
  type Table,
  valueChecks,
} from '@kstreams/core/dsl';
import { checkCall, checkValue, synchronous } from '@kstreams/core/graph';
import type { Windowed } from '../keys/windowed.js';
import {
  appendAggregate,
  appendCount,
  appendReduction,
  appendStreamTable,
  type WindowedGroup,
} from './stream-table.js';
import type { Aggregation, WindowKind } from './window-kind.js';

/**
 * A grouped stream cut into windows. Its tables have one row per key and window. D is `never` for windows that emit on close
 * only, which are never deleted.
 */
export class WindowedStream<out K, out V, out D extends null = null> {
  /** Types only: never set. */
  declare readonly deletes?: D;
  readonly #windows: WindowedGroup<K, V>;

  constructor(group: GroupedStream<K, V>, kind: WindowKind) {
    this.#windows = { group, kind };
  }

  /**
   * Aggregates the values of each key and window with a ready-made aggregation, or one's own. `value` is the serde of its
   * results.
   *
   * @throws ConfigError when a serde is unknown or a function is async.
   *
   * @example
   * perHour.aggregate(avg((order) => order.total), { name: 'mean-totals' })
   */
  aggregate<A, R>(aggregate: Aggregate<V, A, R>, options?: AggregateOptions<R>): Table<Windowed<K>, R, D>;
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
    options?: AggregateOptions<A>,
  ): Table<Windowed<K>, A, D>;
  aggregate(...call: unknown[]): Table<Windowed<K>, never, D> {
    return isAggregateCall(call)
      ? this.#aggregateWith(...(call as [never]))
      : this.#aggregate(...(call as [never, never]));
  }

  #aggregateWith<A, R>(aggregate: Aggregate<V, A, R>, options?: AggregateOptions<R>): Table<Windowed<K>, R, D> {
    checkValue('"aggregate" of aggregate', aggregate, aggregateCheck());
    return appendAggregate(this.#windows, aggregate, options);
  }

  #aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => A | null | undefined,
    options: AggregateOptions<A> = {},
  ): Table<Windowed<K>, A, D> {
    checkCall('aggregate', { init, add }, options, valueChecks);
    const value = this.#windows.group.valueSerde('aggregate', options);
    const step = options.name ?? 'aggregate';
    const aggregation = {
      init: synchronous(step, init),
      add: synchronous(step, add) as Aggregation<K, V, A>['add'],
    };
    return appendStreamTable(this.#windows, { ...options, operator: 'aggregate', value, aggregation });
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
    return appendReduction(this.#windows, combine, options);
  }

  /**
   * Counts the records of each key and window. The serde is `countSerde` unless set.
   *
   * @example
   * perHour.count({ name: 'orders-per-hour' })
   */
  count(options: AggregateOptions<number> = {}): Table<Windowed<K>, number, never> {
    return appendCount(this.#windows, options);
  }
}
