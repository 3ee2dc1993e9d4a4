import {
  type AggregateOptions,
  aggregateCheck,
  type GroupedStream,
  isAggregateCall,
  type MergeableAggregate,
  type Table,
  valueChecks,
} from '@kstreams/core/dsl';
import { checkCall, checkValue, synchronous } from '@kstreams/core/graph';
import {
  appendAggregate,
  appendCount,
  appendReduction,
  appendStreamTable,
  type WindowedGroup,
} from '../aggregate/stream-table.js';
import type { Aggregation, WindowKind } from '../aggregate/window-kind.js';
import type { Windowed } from '../keys/windowed.js';

/**
 * A grouped stream cut into sessions. Its tables have one row per key and session; connected sessions are merged. D is
 * `never` for sessions that emit on close only, which are never deleted.
 */
export class SessionStream<out K, out V, out D extends null = null> {
  /** Types only: never set. */
  declare readonly deletes?: D;
  readonly #windows: WindowedGroup<K, V>;

  constructor(group: GroupedStream<K, V>, kind: WindowKind) {
    this.#windows = { group, kind };
  }

  /**
   * Aggregates the values of each key and session with a ready-made aggregation, or one's own, that can `merge`. `value` is
   * the serde of its results.
   *
   * @throws ConfigError when a serde is unknown, a function is async, or the aggregation has no `merge`.
   *
   * @example
   * visits.aggregate(sum((visit) => visit.pages), { name: 'pages-per-visit' })
   */
  aggregate<A, R>(aggregate: MergeableAggregate<V, A, R>, options?: AggregateOptions<R>): Table<Windowed<K>, R, D>;
  /**
   * Aggregates the values of each key and session, from `init()`; null or undefined from `add` deletes the row. When a
   * record connects sessions, `merge` combines their aggregates one by one, from `init()`, before the record is added.
   *
   * @throws ConfigError when a serde is unknown or a function is async.
   *
   * @example
   * visits.aggregate(() => 0, (pages, visit) => pages + visit.pages, (left, right) => left + right, { value: double })
   */
  aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined,
    merge: (left: NoInfer<A>, right: NoInfer<A>, key: K) => NoInfer<A> | null | undefined,
    options?: AggregateOptions<A>,
  ): Table<Windowed<K>, A, D>;
  aggregate(...call: unknown[]): Table<Windowed<K>, never, D> {
    return isAggregateCall(call)
      ? this.#aggregateWith(...(call as [never]))
      : this.#aggregate(...(call as [never, never, never]));
  }

  #aggregateWith<A, R>(
    aggregate: MergeableAggregate<V, A, R>,
    options?: AggregateOptions<R>,
  ): Table<Windowed<K>, R, D> {
    checkValue('"aggregate" of aggregate of sessions', aggregate, aggregateCheck('merge'));
    return appendAggregate(this.#windows, aggregate, options);
  }

  #aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => A | null | undefined,
    merge: (left: A, right: A, key: K) => A | null | undefined,
    options: AggregateOptions<A> = {},
  ): Table<Windowed<K>, A, D> {
    checkCall('aggregate', { init, add, merge }, options, valueChecks);
    const value = this.#windows.group.valueSerde('aggregate', options);
    const step = options.name ?? 'aggregate';
    const aggregation = merging(synchronous(step, init), synchronous(step, add), synchronous(step, merge));
    return appendStreamTable(this.#windows, { ...options, operator: 'aggregate', value, aggregation });
  }

  /**
   * Combines the values of each key and session; the first value is the first aggregate. The aggregates of connected
   * sessions are combined too.
   *
   * @throws ConfigError when a serde is unknown or the function is async.
   *
   * @example
   * visits.reduce((longest, visit) => (visit.pages > longest.pages ? visit : longest))
   */
  reduce<K2, V2>(
    this: SessionStream<K2, V2>,
    combine: (aggregate: NonNullable<V2>, value: V2, key: K2) => NonNullable<V2> | null | undefined,
    options: AggregateOptions<NonNullable<V2>> = {},
  ): Table<Windowed<K2>, NonNullable<V2>, D> {
    return appendReduction(this.#windows, combine, options);
  }

  /**
   * Counts the records of each key and session. The serde is `countSerde` unless set.
   *
   * @example
   * visits.count({ name: 'clicks-per-session' })
   */
  count(options: AggregateOptions<number> = {}): Table<Windowed<K>, number, D> {
    return appendCount(this.#windows, options);
  }
}

/** Creates the aggregation of windows that merge. */
export const merging = <K, V, A>(
  init: () => A,
  add: (aggregate: A, value: V, key: K) => A | null | undefined,
  merge: (left: A, right: A, key: K) => A | null | undefined,
): Aggregation<K, V, A> => ({
  init,
  add: (aggregate, value, key) => add(aggregate ?? init(), value, key),
  merge: (left, right, key) => merge(left ?? init(), right, key),
});
