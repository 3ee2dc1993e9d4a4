import { type AggregateOptions, countSerde, type GroupedStream, serdeOf, type Table } from '@kstreams/core/dsl';
import type { Serde } from '@kstreams/core/graph';
import type { Aggregation, WindowKind } from './window-kind.js';
import type { Windowed } from './windowed.js';
import { counting, reducing, streamTable } from './windowed-stream.js';

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
    const [aggregation, callbacks] = [merging(init, add, merge), [init, add, merge]];
    return streamTable(this.#group, this.#kind, { ...options, operator: 'aggregate', value, aggregation, callbacks });
  }

  /** Combines the values of each key and session; the first is the result as it is. Sessions that meet are combined too. */
  reduce<K2, V2>(
    this: SessionStream<K2, V2>,
    combine: (so: NonNullable<V2>, value: V2, key: K2) => NonNullable<V2> | null | undefined,
    options: AggregateOptions<NonNullable<V2>> = {},
  ): Table<Windowed<K2>, NonNullable<V2>> {
    const value: Serde<NonNullable<V2>> = options.value ?? serdeOf(this.#group.position, 'value', 'reduce');
    const [aggregation, callbacks] = [reducing(combine), [combine]];
    return streamTable(this.#group, this.#kind, { ...options, operator: 'reduce', value, aggregation, callbacks });
  }

  /** Counts the records of each key and session. */
  count(options: AggregateOptions<number> = {}): Table<Windowed<K>, number> {
    const value = options.value ?? countSerde;
    return streamTable(this.#group, this.#kind, {
      ...options,
      operator: 'count',
      value,
      aggregation: counting,
      callbacks: [],
    });
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
