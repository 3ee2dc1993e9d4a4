import { checkCall, checkFunctions, checkOptions, checkValue } from '../graph/check-options.js';
import type { Edge, NodeId, ProcessorNode } from '../graph/node.js';
import type { Serde } from '../graph/serde.js';
import { synchronous } from '../graph/synchronous.js';
import type { Ttl } from '../graph/ttl.js';
import { keyValue } from '../state/key-value.js';
import { type Aggregate, aggregateCheck, appendResults, isAggregateCall, storedSerde } from './aggregate.js';
import { appendNode } from './append.js';
import type { DeletedBy } from './callback.js';
import {
  type ChainPosition,
  keyedEdge,
  resultSerde,
  serdeOf,
  stepName,
  type TableRows,
  type WindowFacts,
} from './chain.js';
import { CogroupedStream, windows } from './cogrouped-stream.js';
import { countSerde } from './count-serde.js';
import { type Aggregation, aggregateNode } from './operators/aggregate.js';
import { appendEmit } from './operators/emit.js';
import {
  type AggregateOptions,
  type EmitOptions,
  type EndedBy,
  type ExpiryOptions,
  type Named,
  type RowAggregateOptions,
  rowAggregateChecks,
} from './options.js';
import { Table } from './table.js';

/** The beginning of a step that keeps state per key. */
export interface KeyedStep<K> {
  readonly id: NodeId;
  readonly named: boolean;
  /** An edge that brings equal keys together. */
  readonly edge: Edge;
  readonly key: Serde<K>;
}

/** Records grouped by their key, of one stream or of several. */
export interface Grouped<out K, out V> {
  /** Types only: never set. */
  readonly records?: readonly [key: K, value: V];
}

/** A stream grouped by key, ready to be aggregated or cut into windows. */
export class GroupedStream<out K, out V> implements Grouped<K, V> {
  /** Types only: never set. */
  readonly records?: readonly [key: K, value: V];
  /** The output of the last step, for operators that append nodes themselves. */
  readonly position: ChainPosition;
  readonly #name: string | undefined;

  constructor(position: ChainPosition, name?: string) {
    this.position = position;
    this.#name = name;
  }

  /**
   * Cuts the groups into windows. `by` is the result of `tumbling`, `hopping`, `session` and others, or a function.
   *
   * @example
   * clicks.groupByKey().window(tumbling('1m', { grace: '10s' })).count()
   */
  window<W>(by: (group: GroupedStream<K, V>) => W): W {
    checkValue('"by" of window', by, windows);
    return by(this);
  }

  /**
   * Begins a step that keeps state per key, for windows and other aggregations. Its repartition topic has the group's
   * name, else the step's.
   *
   * @throws ConfigError when the serde of keys is unknown.
   */
  step<K2>(this: GroupedStream<K2, V>, operator: string, name?: string): KeyedStep<K2> {
    const { position } = this;
    const { id, named } = stepName(position.chain, operator, name);
    return { id, named, edge: this.edge(id, named), key: serdeOf(position, 'key', id) };
  }

  /** Returns an edge to a step that brings equal keys together. */
  edge(step: string, named: boolean): Edge {
    return keyedEdge(this.position, this.#name ?? step, named || this.#name !== undefined);
  }

  /** Appends the node of a step and returns its table, for windows and other aggregations. */
  table<K2, A, D extends null = null>(
    node: ProcessorNode,
    key: Serde<K2>,
    value: Serde<A>,
    rows: TableRows & WindowFacts & EmitOptions,
  ): Table<K2, A, D> {
    const { grace, closesWithoutRecords } = rows.grace === undefined ? this.position : rows;
    const after = { key: { serde: key }, value: { serde: value }, partitioned: true, grace, closesWithoutRecords };
    const table = appendNode(this.position, node, after);
    const output = appendEmit(table, rows.emit, {
      named: rows.store?.named === true,
      stored: rows.store !== undefined,
    });
    return new Table(output, { store: rows.store });
  }

  /** Returns the serde of an aggregate: the one in the options, else the application's default. */
  valueSerde<A>(operator: string, { value }: AggregateOptions<A>): Serde<A> {
    return resultSerde(this.position.chain, value, 'value', operator, 'aggregate');
  }

  /**
   * Aggregates the values of each key with a ready-made aggregation, or one's own. `value` is the serde of its results.
   *
   * @throws ConfigError when a serde is unknown or a function is async.
   *
   * @example
   * orders.groupByKey().aggregate(avg((order) => order.total), { name: 'mean-totals' })
   */
  aggregate<A, R>(aggregate: Aggregate<NonNullable<V>, A, R>, options?: RowAggregateOptions<R>): Table<K, R>;
  /**
   * Aggregates the values of each key, from `init()`. Null or undefined from `add` deletes the row. Null values are dropped.
   *
   * @throws ConfigError when a serde is unknown or a function is async.
   *
   * @example
   * orders.groupByKey().aggregate(() => 0, (sum, order) => sum + order.total, { name: 'totals', value: double })
   */
  aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: NonNullable<V>, key: K) => NoInfer<A> | null | undefined,
    options?: RowAggregateOptions<A>,
  ): Table<K, A>;
  aggregate(...call: unknown[]): Table<K, never> {
    return isAggregateCall(call)
      ? this.#aggregateWith(...(call as [never]))
      : this.#aggregate(...(call as [never, never]));
  }

  #aggregateWith<A, R>(aggregate: Aggregate<NonNullable<V>, A, R>, options: RowAggregateOptions<R> = {}): Table<K, R> {
    checkValue('"aggregate" of aggregate', aggregate, aggregateCheck());
    checkOptions('aggregate', options, rowAggregateChecks);
    const aggregation = { aggregators: [synchronous(options.name ?? aggregate.name, aggregate.add)] };
    const value = storedSerde(this.position, aggregate, options.value);
    const table = this.#append<A>('aggregate', value, aggregation, options);
    return new Table(...appendResults(table, aggregate, options.value));
  }

  #aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: NonNullable<V>, key: K) => A | null | undefined,
    options: RowAggregateOptions<A> = {},
  ): Table<K, A> {
    checkCall('aggregate', { init, add }, options, rowAggregateChecks);
    const step = options.name ?? 'aggregate';
    const aggregation: Aggregation<K, NonNullable<V>, A> = {
      init: synchronous(step, init),
      aggregators: [synchronous(step, add) as Aggregation<K, NonNullable<V>, A>['aggregators'][number]],
    };
    return this.#append('aggregate', this.valueSerde('aggregate', options), aggregation, options);
  }

  /**
   * Combines the values of each key; the first value is the first aggregate. Null or undefined deletes the row.
   *
   * @throws ConfigError when a serde is unknown or the function is async.
   *
   * @example
   * orders.groupByKey().reduce((largest, order) => (order.total > largest.total ? order : largest))
   */
  reduce<K2, V2, R extends NonNullable<V2> | null | undefined, T extends Ttl | undefined = undefined>(
    this: GroupedStream<K2, V2>,
    combine: (aggregate: NonNullable<V2>, value: NonNullable<V2>, key: K2) => R,
    options: RowAggregateOptions<NonNullable<V2>, T> = {},
  ): Table<K2, NonNullable<V2>, DeletedBy<R> | EndedBy<T>> {
    checkCall('reduce', { combine }, options, rowAggregateChecks);
    const serde = options.value ?? serdeOf(this.position, 'value', 'reduce');
    const reduced = synchronous(options.name ?? 'reduce', combine);
    const aggregation: Aggregation<K2, NonNullable<V2>, NonNullable<V2>> = {
      aggregators: [(aggregate, value, key) => (aggregate === undefined ? value : reduced(aggregate, value, key))],
    };
    return this.#append('reduce', serde, aggregation, options);
  }

  /**
   * Counts the records of each key; records with a null value are not counted. The serde is `countSerde` unless set.
   *
   * @example
   * orders.groupByKey().count({ name: 'orders-per-customer' })
   */
  count<T extends Ttl | undefined = undefined>(
    options: RowAggregateOptions<number, T> = {},
  ): Table<K, number, EndedBy<T>> {
    checkOptions('count', options, rowAggregateChecks);
    const aggregation: Aggregation<K, NonNullable<V>, number> = {
      init: () => 0,
      aggregators: [(count) => (count as number) + 1],
    };
    return this.#append<number, EndedBy<T>>('count', options.value ?? countSerde, aggregation, options);
  }

  /**
   * Begins an aggregate that several streams share, each with its own aggregator.
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
    checkFunctions('cogroup', { init, add });
    return new CogroupedStream(synchronous('cogroup', init), [{ group: this, add: synchronous('cogroup', add) }]);
  }

  #append<A, D extends null = null>(
    operator: string,
    value: Serde<A>,
    aggregation: Aggregation<K, NonNullable<V>, A>,
    { emit, name, ttl }: Named & EmitOptions & ExpiryOptions,
  ): Table<K, A, D> {
    const { id, named, edge, key } = this.step(operator, name);
    const store = keyValue(id, { key, value, named, ttl });
    return this.table(aggregateNode(id, operator, [edge], store, aggregation), key, value, { store, emit });
  }
}
