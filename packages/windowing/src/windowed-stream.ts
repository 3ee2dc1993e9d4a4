import {
  type AggregateOptions,
  type Callback,
  countSerde,
  type GroupedStream,
  refuseAsync,
  serdeOf,
  type Table,
} from '@kstreams/core/dsl';
import type { Serde } from '@kstreams/core/graph';
import type { Aggregation, WindowKind } from './window-kind.js';
import type { Windowed } from './windowed.js';
import { windowedTable } from './windowed-table.js';

/** A grouped stream cut into windows. Its tables have one row per key and window. */
export class WindowedStream<out K, out V> {
  readonly #group: GroupedStream<K, V>;
  readonly #kind: WindowKind;

  constructor(group: GroupedStream<K, V>, kind: WindowKind) {
    this.#group = group;
    this.#kind = kind;
  }

  /** Aggregates the values of each key and window, from `init()`; null or undefined from `add` deletes the row. */
  aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined,
    options: AggregateOptions<A> = {},
  ): Table<Windowed<K>, A> {
    const value = this.#group.valueSerde('aggregate', options);
    const aggregation = { begin: init, add: add as Aggregation<K, V, A>['add'] };
    const callbacks = [init, add];
    return streamTable(this.#group, this.#kind, { ...options, operator: 'aggregate', value, aggregation, callbacks });
  }

  /** Combines the values of each key and window; the first is the result as it is. */
  reduce<K2, V2>(
    this: WindowedStream<K2, V2>,
    combine: (so: NonNullable<V2>, value: V2, key: K2) => NonNullable<V2> | null | undefined,
    options: AggregateOptions<NonNullable<V2>> = {},
  ): Table<Windowed<K2>, NonNullable<V2>> {
    const value: Serde<NonNullable<V2>> = options.value ?? serdeOf(this.#group.position, 'value', 'reduce');
    const [aggregation, callbacks] = [reducing(combine), [combine]];
    return streamTable(this.#group, this.#kind, { ...options, operator: 'reduce', value, aggregation, callbacks });
  }

  /** Counts the records of each key and window. */
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

/** What a windowed aggregation of one stream is made of. */
interface Aggregating<K, V, A> extends AggregateOptions<A> {
  readonly operator: string;
  readonly value: Serde<A>;
  readonly aggregation: Aggregation<K, V, A>;
  /** What the user gave, none of which may be async. */
  readonly callbacks: readonly Callback[];
}

/** Appends a windowed aggregation of one stream. */
export const streamTable = <K, V, A>(
  group: GroupedStream<K, V>,
  kind: WindowKind,
  { aggregation, callbacks, name, operator, value }: Aggregating<K, V, A>,
): Table<Windowed<K>, A> => {
  for (const callback of callbacks) refuseAsync(name ?? operator, callback);
  const { edge, id, key, named } = group.step(`${kind.name}-${operator}`, name);
  const table: typeof group.table = (...made) => group.table(...made);
  const step = { id, named, key, inputs: [edge], graph: group.position.chain.graph, table };
  return windowedTable(step, kind, value, [aggregation]);
};

/** Combining values; the first is the aggregate as it is. */
export const reducing = <K, V>(
  combine: (so: NonNullable<V>, value: V, key: K) => NonNullable<V> | null | undefined,
): Aggregation<K, V, NonNullable<V>> => ({
  begin: () => undefined,
  add: (so, value, key) => (so === undefined ? (value as NonNullable<V>) : combine(so, value, key)),
  merge: (left, right, key) => (left === undefined ? right : combine(left, right, key)),
});

/** Counting records. */
export const counting: Aggregation<unknown, unknown, number> = {
  begin: () => 0,
  add: (so) => (so ?? 0) + 1,
  merge: (left, right) => (left ?? 0) + right,
};
