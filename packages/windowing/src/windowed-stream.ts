import {
  type AggregateOptions,
  type Callback,
  countSerde,
  type GroupedStream,
  refuseAsync,
  type Serde,
  serdeOf,
  type Table,
  windowStore,
} from '@kstreams/core';
import { type NextInWindow, type WindowSettings, windowAggregateNode } from './window-aggregate.js';
import { type Windowed, windowed } from './windowed.js';

/** A grouped stream cut into windows. Its tables have one row per key and window. */
export class WindowedStream<out K, out V> {
  readonly #group: GroupedStream<K, V>;
  readonly #settings: WindowSettings;

  constructor(group: GroupedStream<K, V>, settings: WindowSettings) {
    this.#group = group;
    this.#settings = settings;
  }

  /** Aggregates the values of each key and window, from `init()`; null or undefined from `add` deletes the row. */
  aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined,
    options: AggregateOptions<A> = {},
  ): Table<Windowed<K>, A> {
    return this.#keep(
      'aggregate',
      this.#group.valueSerde('aggregate', options),
      (so, value, key) => add(so ?? init(), value, key),
      [init, add],
      options,
    );
  }

  /** Combines the values of each key and window; the first is the result as it is. */
  reduce<K2, V2>(
    this: WindowedStream<K2, V2>,
    combine: (so: NonNullable<V2>, value: V2, key: K2) => NonNullable<V2> | null | undefined,
    options: AggregateOptions<NonNullable<V2>> = {},
  ): Table<Windowed<K2>, NonNullable<V2>> {
    const value: Serde<NonNullable<V2>> = options.value ?? serdeOf(this.#group.position, 'value', 'reduce');
    const next: NextInWindow<K2, V2, NonNullable<V2>> = (so, one, key) =>
      so === undefined ? (one as NonNullable<V2>) : combine(so, one, key);
    return this.#keep('reduce', value, next, [combine], options);
  }

  /** Counts the records of each key and window. */
  count(options: AggregateOptions<number> = {}): Table<Windowed<K>, number> {
    return this.#keep('count', options.value ?? countSerde, (so) => (so ?? 0) + 1, [], options);
  }

  #keep<A>(
    operator: string,
    value: Serde<A>,
    next: NextInWindow<K, V, A>,
    callbacks: readonly Callback[],
    options: AggregateOptions<A>,
  ): Table<Windowed<K>, A> {
    for (const callback of callbacks) refuseAsync(options.name ?? operator, callback);
    const { emit, grace, retention, windows } = this.#settings;
    const { id, named, edge, key } = this.#group.step(`${windows.name}-${operator}`, options.name);
    const store = windowStore<K, A>(id, { key, value, retention, closes: emit === 'on-close', named });
    const node = windowAggregateNode(id, edge, store, this.#settings, next);
    return this.#group.table(node, windowed(key), value, { store, grace });
  }
}
