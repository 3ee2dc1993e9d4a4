import type { Serde } from '../graph/serde.js';
import { keyValue } from '../graph/views/key-value.js';
import { appendNode } from './append.js';
import { changeSerde } from './change-serde.js';
import { countSerde } from './count-serde.js';
import type { AggregateOptions } from './grouped-stream.js';
import type { Named } from './operator.js';
import { aggregateRowsNode, type Grouping, groupRowsNode, type RowAggregation } from './operators/table-aggregate.js';
import { type ChainPosition, serdeOf, stepName } from './position.js';
import { Table } from './table.js';

/** The rows of a table in groups: an update takes the old value out of its group and puts the new one in. */
export class GroupedTable<K, V> {
  readonly #from: ChainPosition;
  readonly #group: Grouping<never, never, K, V>;
  readonly #options: Named & { readonly key?: Serde<K>; readonly value?: Serde<V> };

  constructor(
    from: ChainPosition,
    group: Grouping<never, never, K, V>,
    options: Named & { readonly key?: Serde<K>; readonly value?: Serde<V> },
  ) {
    this.#from = from;
    this.#group = group;
    this.#options = options;
  }

  /** Aggregates the rows of each group: `add` a new value, `subtract` the one it replaces. */
  aggregate<A>(
    init: () => NoInfer<A>,
    add: (aggregate: A, value: V, key: K) => A | null | undefined,
    subtract: (aggregate: A, value: V, key: K) => A | null | undefined,
    options: AggregateOptions<A> = {},
  ): Table<K, A> {
    const value =
      options.value ?? serdeOf({ ...this.#from, value: { changedBy: 'aggregate' } }, 'value', 'aggregate', 'aggregate');
    return this.#keep('aggregate', value, { add: (so, one, key) => add(so ?? init(), one, key), subtract }, options);
  }

  /** Combines the values of each group; the first is the result as it is. */
  reduce(
    add: (so: V, value: V, key: K) => V | null | undefined,
    subtract: (so: V, value: V, key: K) => V | null | undefined,
    options: AggregateOptions<V> = {},
  ): Table<K, V> {
    const value = options.value ?? this.#serdes('reduce').value;
    return this.#keep(
      'reduce',
      value,
      { add: (so, one, key) => (so === undefined ? one : add(so, one, key)), subtract },
      options,
    );
  }

  /** Counts the rows of each group; an emptied group counts 0. */
  count(options: AggregateOptions<number> = {}): Table<K, number> {
    const counting: RowAggregation<K, V, number> = { add: (so) => (so ?? 0) + 1, subtract: (so) => so - 1 };
    return this.#keep('count', options.value ?? countSerde, counting, options);
  }

  /** A group's key and value are new: their serdes are given, or the application's. */
  #serdes(step: string): { key: Serde<K>; value: Serde<V> } {
    const { key, value } = this.#options;
    const from = { ...this.#from, key: { changedBy: 'groupBy' }, value: { changedBy: 'groupBy' } };
    return { key: key ?? serdeOf(from, 'key', step), value: value ?? serdeOf(from, 'value', step) };
  }

  #keep<A>(operator: string, value: Serde<A>, aggregation: RowAggregation<K, V, A>, options: Named): Table<K, A> {
    const { chain } = this.#from;
    const { id, named } = stepName(chain, `table-${operator}`, options.name ?? this.#options.name);
    const serdes = this.#serdes(operator);
    const grouped = groupRowsNode(`${id}-groups`, this.#from.node, this.#group, serdes.key);
    chain.graph.append(grouped);
    const store = keyValue(id, { key: serdes.key, value, named });
    const repartition = { name: id, key: serdes.key, value: changeSerde(serdes.value), named };
    const edge = { by: 'repartition', from: grouped.id, repartition } as const;
    const after = { key: { serde: serdes.key }, value: { serde: value }, partitioned: true };
    const node = aggregateRowsNode(id, `table-${operator}`, edge, store, aggregation);
    return new Table(appendNode(this.#from, node, after), { store });
  }
}
