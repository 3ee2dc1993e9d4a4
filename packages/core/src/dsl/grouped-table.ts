import type { AnySerde, Serde } from '../graph/serde.js';
import { keyValue } from '../state/key-value.js';
import { appendNode } from './append.js';
import { type Callback, refuseAsync } from './callback.js';
import { changeSerde } from './change-serde.js';
import { countSerde } from './count-serde.js';
import { type Emitting, emitAt } from './emission.js';
import type { AggregateOptions } from './grouped-stream.js';
import type { Named } from './operator.js';
import { aggregateRowsNode, type Grouping, groupRowsNode, type RowAggregation } from './operators/table-aggregate.js';
import { type ChainPosition, madeSerde, stepName } from './position.js';
import type { Table } from './table.js';

/** How the groups' keys and values are written, and the name of the topic through which they go. */
export interface GroupOptions<K, V> extends Named {
  readonly key?: Serde<K>;
  readonly value?: Serde<V>;
}

/** The options of a grouping behind the typed border. */
interface LooseOptions extends Named {
  readonly key?: AnySerde;
  readonly value?: AnySerde;
}

/** The rows of a table in groups: an update takes the old value out of its group and puts the new one in. */
export class GroupedTable<out K, out V> {
  readonly #from: ChainPosition;
  readonly #group: Grouping<never, never, K, V>;
  readonly #options: LooseOptions;

  constructor(from: ChainPosition, group: Grouping<never, never, K, V>, options: LooseOptions) {
    refuseAsync('groupBy', group);
    this.#from = from;
    this.#group = group;
    this.#options = options;
  }

  /**
   * Aggregates the rows of each group, from `init()`: `subtract` the value that is replaced, then `add` the new one. Null
   * or undefined deletes the aggregate.
   */
  aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined,
    subtract: (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined,
    options: AggregateOptions<A> & Emitting = {},
  ): Table<K, A> {
    const value = madeSerde(this.#from.chain, options.value, 'value', 'aggregate', 'aggregate');
    const rows: RowAggregation<K, V, A> = { add: (so, one, key) => add(so ?? init(), one, key), subtract };
    return this.#keep('aggregate', value, rows, [init, add, subtract], options);
  }

  /** Combines the values of each group; the first is the result as it is. Null or undefined deletes it. */
  reduce<K2, V2>(
    this: GroupedTable<K2, V2>,
    add: (so: V2, value: V2, key: K2) => V2 | null | undefined,
    subtract: (so: V2, value: V2, key: K2) => V2 | null | undefined,
    options: AggregateOptions<V2> & Emitting = {},
  ): Table<K2, V2> {
    const value = options.value ?? this.#serde('value', 'reduce');
    const rows: RowAggregation<K2, V2, V2> = {
      add: (so, one, key) => (so === undefined ? one : add(so, one, key)),
      subtract,
    };
    return this.#keep('reduce', value, rows, [add, subtract], options);
  }

  /** Counts the rows of each group; an emptied group counts 0. */
  count(options: AggregateOptions<number> & Emitting = {}): Table<K, number> {
    const counting: RowAggregation<K, V, number> = { add: (so) => (so ?? 0) + 1, subtract: (so) => so - 1 };
    return this.#keep('count', options.value ?? countSerde, counting, [], options);
  }

  /** A group's key and value are new: their serdes are given to `groupBy`, or are the application's. */
  #serde(part: 'key' | 'value', step: string): AnySerde {
    return madeSerde(this.#from.chain, this.#options[part], part, `groupBy before ${step}`, `group's ${part}`);
  }

  #keep<A>(
    operator: string,
    value: Serde<A>,
    aggregation: RowAggregation<K, V, A>,
    callbacks: readonly Callback[],
    { emit, name }: Named & Emitting,
  ): Table<K, A> {
    for (const callback of callbacks) refuseAsync(name ?? operator, callback);
    const { chain } = this.#from;
    const { id, named } = stepName(chain, `table-${operator}`, name);
    const topic = this.#options.name ?? id;
    const [key, groupValue] = [this.#serde('key', operator), this.#serde('value', operator)];
    const grouped = groupRowsNode(`${id}-groups`, this.#from.node, this.#group, key);
    chain.graph.append(grouped);
    const store = keyValue<K, A>(id, { key, value, named });
    const repartition = { name: topic, key, value: changeSerde(groupValue), named: named || topic !== id };
    const edge = { by: 'repartition', from: grouped.id, repartition } as const;
    const after = { key: { serde: key }, value: { serde: value }, partitioned: true };
    const node = aggregateRowsNode(id, `table-${operator}`, edge, store, aggregation);
    return chain.table(emitAt(appendNode(this.#from, node, after), emit, named), { store });
  }
}
