import type { Edge, NodeId, ProcessorNode } from '../graph/node.js';
import type { Serde } from '../graph/serde.js';
import { keyValue } from '../state/key-value.js';
import { appendNode } from './append.js';
import { type Callback, refuseAsync } from './callback.js';
import { CogroupedStream } from './cogrouped-stream.js';
import { countSerde } from './count-serde.js';
import { type Emitting, emitAt } from './emission.js';
import type { Named } from './operator.js';
import { type Aggregation, aggregateNode } from './operators/aggregate.js';
import { type ChainPosition, keyedEdge, madeSerde, serdeOf, stepName } from './position.js';
import type { Table, TableRows } from './table.js';

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

/** Records that are grouped by their key, of one stream or of several. */
export interface Grouped<out K, out V> {
  /** Types only: never set. */
  readonly records?: readonly [key: K, value: V];
}

/** A stream whose records are grouped by their key, to be aggregated or cut into windows. */
export class GroupedStream<out K, out V> implements Grouped<K, V> {
  /** Types only: never set. */
  readonly records?: readonly [key: K, value: V];
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

  /**
   * Begins a step that keeps something per key: the seam for windows and other aggregations. The topic through which
   * equal keys are brought together has the group's name, else the step's.
   */
  step<K2>(this: GroupedStream<K2, V>, operator: string, name?: string): KeyedStep<K2> {
    const { position } = this;
    const { id, named } = stepName(position.chain, operator, name);
    return { id, named, edge: this.edge(id, named), key: serdeOf(position, 'key', id) };
  }

  /** An edge from the group to a step, on which equal keys meet. */
  edge(step: string, named: boolean): Edge {
    return keyedEdge(this.position, this.#name ?? step, named || this.#name !== undefined);
  }

  /** Appends the node of a step and gives the table that it keeps: the seam for windows and other aggregations. */
  table<K2, A>(
    node: ProcessorNode,
    key: Serde<K2>,
    value: Serde<A>,
    rows: TableRows & Pick<ChainPosition, 'grace'> & Emitting,
  ): Table<K2, A> {
    const { grace = this.position.grace } = rows;
    const after = { key: { serde: key }, value: { serde: value }, partitioned: true, grace };
    const kept = emitAt(appendNode(this.position, node, after), rows.emit, rows.store?.named === true);
    return this.position.chain.table(kept, { store: rows.store });
  }

  /** The serde of an aggregate: the one given, else the application's. */
  valueSerde<A>(operator: string, { value }: AggregateOptions<A>): Serde<A> {
    return madeSerde(this.position.chain, value, 'value', operator, 'aggregate');
  }

  /** Aggregates the values of each key, from `init()`. Null or undefined from `add` deletes the row. */
  aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: NonNullable<V>, key: K) => NoInfer<A> | null | undefined,
    options: AggregateOptions<A> & Emitting = {},
  ): Table<K, A> {
    const rows: Aggregation<K, NonNullable<V>, A> = { init, nexts: [(so, value, key) => add(so as A, value, key)] };
    return this.#keep('aggregate', this.valueSerde('aggregate', options), rows, [init, add], options);
  }

  /** Combines the values of each key; the first is the result as it is. Null or undefined deletes the row. */
  reduce<K2, V2>(
    this: GroupedStream<K2, V2>,
    combine: (so: NonNullable<V2>, value: NonNullable<V2>, key: K2) => NonNullable<V2> | null | undefined,
    options: AggregateOptions<NonNullable<V2>> & Emitting = {},
  ): Table<K2, NonNullable<V2>> {
    const value = options.value ?? serdeOf(this.position, 'value', 'reduce');
    const rows: Aggregation<K2, NonNullable<V2>, NonNullable<V2>> = {
      nexts: [(so, one, key) => (so === undefined ? one : combine(so, one, key))],
    };
    return this.#keep('reduce', value, rows, [combine], options);
  }

  /** Counts the records of each key; records with a null value are not counted. */
  count(options: AggregateOptions<number> & Emitting = {}): Table<K, number> {
    const counting = { init: () => 0, nexts: [(so: number | undefined) => (so as number) + 1] };
    return this.#keep<number>('count', options.value ?? countSerde, counting, [], options);
  }

  /**
   * Begins an aggregate that several streams share, each adding its records in its own way.
   *
   * @example
   * orders.groupByKey()
   *   .cogroup(() => 0, (balance, order) => balance - order.total)
   *   .cogroup(payments.groupByKey(), (balance, payment) => balance + payment.amount)
   *   .aggregate({ name: 'balances', value: double })
   */
  cogroup<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined,
  ): CogroupedStream<K, V, A> {
    return new CogroupedStream(init, [{ group: this, add }]);
  }

  #keep<A>(
    operator: string,
    value: Serde<A>,
    aggregation: Aggregation<K, NonNullable<V>, A>,
    callbacks: readonly Callback[],
    { emit, name }: Named & Emitting,
  ): Table<K, A> {
    for (const callback of callbacks) refuseAsync(name ?? operator, callback);
    const { id, named, edge, key } = this.step(operator, name);
    const store = keyValue(id, { key, value, named });
    return this.table(aggregateNode(id, operator, [edge], store, aggregation), key, value, { store, emit });
  }
}
