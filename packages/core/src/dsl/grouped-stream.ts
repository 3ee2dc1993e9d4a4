import type { Edge, NodeId, ProcessorNode } from '../graph/node.js';
import type { Serde } from '../graph/serde.js';
import { keyValue } from '../graph/views/key-value.js';
import { appendNode } from './append.js';
import { countSerde } from './count-serde.js';
import type { Named } from './operator.js';
import { aggregateNode, type NextAggregate } from './operators/aggregate.js';
import { type ChainPosition, keyedEdge, serdeOf, stepName } from './position.js';
import { Table, type TableRows } from './table.js';

/** The serde of an aggregate, and the name after which its store is named. */
export interface AggregateOptions<A> extends Named {
  readonly value?: Serde<A>;
}

/** What a step that keeps something per key needs: its name, an edge on which equal keys meet, the keys' serde. */
export interface KeyedStep<K> {
  readonly id: NodeId;
  readonly named: boolean;
  readonly edge: Edge;
  readonly key: Serde<K>;
}

/** A stream whose records are grouped by their key, to be aggregated or cut into windows. */
export class GroupedStream<K, V> {
  /** Where the chain stands; for operators that append nodes of their own. */
  readonly position: ChainPosition;
  readonly #name: string | undefined;

  constructor(position: ChainPosition, name?: string) {
    this.position = position;
    this.#name = name;
  }

  /**
   * Cuts the groups into windows. `by` is what `tumbling`, `hopping` and other windows return, or a function of one's
   * own.
   */
  window<W>(by: (group: GroupedStream<K, V>) => W): W {
    return by(this);
  }

  /** Begins a step that keeps something per key: the seam for windows and other aggregations. */
  step(operator: string, name?: string): KeyedStep<K> {
    const { chain } = this.position;
    const chosen = name ?? this.#name;
    const { id, named } = stepName(chain, operator, chosen);
    return { id, named, edge: keyedEdge(this.position, id, named), key: serdeOf(this.position, 'key', operator) };
  }

  /** Appends the node of a step and gives the table that it keeps: the seam for windows and other aggregations. */
  table<K2, A>(node: ProcessorNode, key: Serde<K2>, value: Serde<A>, rows: TableRows): Table<K2, A> {
    const after = { key: { serde: key }, value: { serde: value }, partitioned: true };
    return new Table(appendNode(this.position, node, after), rows);
  }

  /** The serde of an aggregate: the one given, else the application's. */
  valueSerde<A>(operator: string, { value }: AggregateOptions<A>): Serde<A> {
    return value ?? serdeOf({ ...this.position, value: { changedBy: operator } }, 'value', operator, 'aggregate');
  }

  /** Aggregates the values of each key, from `init()`. Null or undefined from `add` deletes the row. */
  aggregate<A>(
    init: () => NoInfer<A>,
    add: (aggregate: A, value: NonNullable<V>, key: K) => A | null | undefined,
    options: AggregateOptions<A> = {},
  ): Table<K, A> {
    const next: NextAggregate<K, NonNullable<V>, A> = (so, value, key) => add(so ?? init(), value, key);
    return this.#keep('aggregate', this.valueSerde('aggregate', options), next, options);
  }

  /** Combines the values of each key; the first is the result as it is. */
  reduce(
    combine: (so: NonNullable<V>, value: NonNullable<V>, key: K) => NonNullable<V> | null | undefined,
    options: AggregateOptions<NonNullable<V>> = {},
  ): Table<K, NonNullable<V>> {
    const value = options.value ?? serdeOf(this.position, 'value', 'reduce');
    const next: NextAggregate<K, NonNullable<V>, NonNullable<V>> = (so, value, key) =>
      so === undefined ? value : combine(so, value, key);
    return this.#keep('reduce', value, next, options);
  }

  /** Counts the records of each key; records with a null value are not counted. */
  count(options: AggregateOptions<number> = {}): Table<K, number> {
    return this.#keep<number>('count', options.value ?? countSerde, (so) => (so ?? 0) + 1, options);
  }

  #keep<A>(operator: string, value: Serde<A>, next: NextAggregate<K, NonNullable<V>, A>, { name }: Named): Table<K, A> {
    const { id, named, edge, key } = this.step(operator, name);
    const store = keyValue(id, { key, value, named });
    return this.table(aggregateNode(id, operator, edge, store, next), key, value, { store });
  }
}
