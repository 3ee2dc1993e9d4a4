import {
  type AggregateOptions,
  type Callback,
  countSerde,
  type GroupedStream,
  refuseAsync,
  type Serde,
  serdeOf,
  type Table,
} from '@kstreams/core';
import type { Aggregation, WindowKind } from './window-kind.js';
import type { Windowed } from './windowed.js';
import { counting, groupStep, reducing } from './windowed-stream.js';
import { windowedTable } from './windowed-table.js';

/** A grouped stream cut into sessions. Its tables have one row per key and session; sessions that meet become one. */
export class SessionStream<out K, out V> {
  readonly #group: GroupedStream<K, V>;
  readonly #kind: WindowKind;

  constructor(group: GroupedStream<K, V>, kind: WindowKind) {
    this.#group = group;
    this.#kind = kind;
  }

  /**
   * Aggregates the values of each key and session, from `init()`; null or undefined from `add` deletes the row. Where a
   * record brings sessions together, theirs are merged one after the other, beginning with `init()`, before it is added.
   */
  aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined,
    merge: (left: NoInfer<A>, right: NoInfer<A>, key: K) => NoInfer<A> | null | undefined,
    options: AggregateOptions<A> = {},
  ): Table<Windowed<K>, A> {
    const value = this.#group.valueSerde('aggregate', options);
    return this.#keep('aggregate', value, merging(init, add, merge), [init, add, merge], options);
  }

  /** Combines the values of each key and session; the first is the result as it is. Sessions that meet are combined too. */
  reduce<K2, V2>(
    this: SessionStream<K2, V2>,
    combine: (so: NonNullable<V2>, value: V2, key: K2) => NonNullable<V2> | null | undefined,
    options: AggregateOptions<NonNullable<V2>> = {},
  ): Table<Windowed<K2>, NonNullable<V2>> {
    const value: Serde<NonNullable<V2>> = options.value ?? serdeOf(this.#group.position, 'value', 'reduce');
    return this.#keep('reduce', value, reducing(combine), [combine], options);
  }

  /** Counts the records of each key and session. */
  count(options: AggregateOptions<number> = {}): Table<Windowed<K>, number> {
    return this.#keep('count', options.value ?? countSerde, counting, [], options);
  }

  #keep<A>(
    operator: string,
    value: Serde<A>,
    aggregation: Aggregation<K, V, A>,
    callbacks: readonly Callback[],
    options: AggregateOptions<A>,
  ): Table<Windowed<K>, A> {
    for (const callback of callbacks) refuseAsync(options.name ?? operator, callback);
    return windowedTable(groupStep(this.#group, this.#kind, operator, options), this.#kind, value, [aggregation]);
  }
}

/** Adding to aggregates that may be merged. */
export const merging = <K, V, A>(
  init: () => A,
  add: (aggregate: A, value: V, key: K) => A | null | undefined,
  merge: (left: A, right: A, key: K) => A | null | undefined,
): Aggregation<K, V, A> => ({
  begin: init,
  add: (so, value, key) => add(so ?? init(), value, key),
  merge: (left, right, key) => merge(left ?? init(), right, key),
});
