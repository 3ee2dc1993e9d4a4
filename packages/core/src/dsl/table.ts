import { checkCall, checkOptions, checkValue } from '../graph/check-options.js';
import type { OptionChecks } from '../graph/option.js';
import type { AnySerde, Encoder, Serde } from '../graph/serde.js';
import { refuseAsync, synchronous } from '../graph/synchronous.js';
import type { TableHandle } from '../graph/table-handle.js';
import {
  aggregateCheck,
  appendResults,
  isAggregateCall,
  type SubtractableAggregate,
  storedSerde,
} from './aggregate.js';
import { type DeletedBy, type NoPromise, passed, type Sync } from './callback.js';
import { type ChainPosition, resultSerde, type TableRows, withSerdes } from './chain.js';
import { countSerde } from './count-serde.js';
import type { KeyJoinCondition } from './join-condition.js';
import { appendTableJoin, type JoinOptions } from './operators/join.js';
import { appendSuppress, type Suppression, suppression } from './operators/suppress.js';
import { appendRowAggregation, type Grouping, type RowAggregation } from './operators/table-aggregate.js';
import { appendRowStep } from './operators/table-filter-map.js';
import {
  appendRowProcessor,
  type RowProcessOptions,
  type RowProcessor,
  rowProcessChecks,
} from './operators/table-process.js';
import { appendToStream } from './operators/to-stream.js';
import {
  type AggregateOptions,
  type EmitOptions,
  type Named,
  namedChecks,
  type StepOptions,
  serdeChecks,
  stepChecks,
  type TableOptions,
  type TableStepOptions,
  tableChecks,
  tableStepChecks,
} from './options.js';
import type { Stream } from './stream.js';

/**
 * A table: the newest value of each key. Every update is a change of a row. Every method appends a step and returns its
 * output.
 *
 * Covariant in K, V and D. D is `never` for a table with rows that are never deleted, else `null`.
 */
export class Table<out K, out V, out D extends null = null> implements TableHandle<K, V> {
  readonly is = 'table';
  /** Types only: never set. */
  declare readonly holds?: readonly [key: K, value: V];
  /** The output of the last step, for operators that append nodes themselves. */
  readonly position: ChainPosition;
  /** The store and history of the rows. */
  readonly rows: TableRows;

  constructor(position: ChainPosition, rows: TableRows = {}) {
    this.position = position;
    this.rows = rows;
    if (rows.store !== undefined) position.chain.graph.own(rows.store);
  }

  /**
   * Sets the serdes of keys and values from here on. A serde may be of a wider type, which the table then has.
   *
   * @example
   * totals.mapValues((total) => ({ total })).with({ value: json() })
   */
  with<K2 = K, V2 = V>(serdes: { key?: Serde<K2> & Encoder<K>; value?: Serde<V2> & Encoder<V> }): Table<K2, V2, D> {
    checkOptions('with', serdes, serdeChecks);
    return new Table(withSerdes(this.position, serdes), this.rows);
  }

  /**
   * Keeps the rows that pass a test; a row that no longer passes is deleted.
   *
   * @example
   * accounts.filter((account) => account.balance < 0, { name: 'overdrawn' })
   */
  filter(test: (value: V, key: K) => NoPromise & boolean, options: TableOptions = {}): Table<K, V> {
    checkCall('filter', { test }, options, tableChecks);
    refuseAsync('filter', test);
    const compute = (value: V, key: K) => (passed(test(value, key), 'filter') ? value : undefined);
    return new Table(...appendRowStep(this, 'table-filter', compute, options));
  }

  /**
   * Drops the rows that pass a test.
   *
   * @example
   * accounts.filterNot((account) => account.closed)
   */
  filterNot(test: (value: V, key: K) => NoPromise & boolean, options: TableOptions = {}): Table<K, V> {
    checkCall('filterNot', { test }, options, tableChecks);
    refuseAsync('filterNot', test);
    const compute = (value: V, key: K) => (passed(test(value, key), 'filterNot') ? undefined : value);
    return new Table(...appendRowStep(this, 'table-filter-not', compute, options));
  }

  /**
   * Maps the value of each row; null or undefined leaves the row out.
   *
   * @example
   * accounts.mapValues((account) => account.balance, { value: double })
   */
  mapValues<V2>(
    to: (value: V, key: K) => Sync<V2>,
    options: TableStepOptions<NonNullable<V2>> = {},
  ): Table<K, NonNullable<V2>, D | DeletedBy<V2>> {
    checkCall('mapValues', { to }, options, tableStepChecks);
    const compute = synchronous(options.name ?? 'mapValues', to) as (value: V, key: K) => V2;
    return new Table(...appendRowStep(this, 'table-map-values', compute, options));
  }

  /**
   * Computes each row with stores; null or undefined leaves the row out. A delete arrives as `undefined`.
   *
   * @example
   * const highest = keyValue('highest', { key: string, value: double })
   * totals.processValues((context) => {
   *   const seen = context.store(highest)
   *   return (total, key, timestamp) => {
   *     if (total === undefined || total <= (seen.get(key) ?? 0)) return null
   *     seen.put(key, total, timestamp)
   *     return total
   *   }
   * }, { stores: [highest], value: double })
   */
  processValues<V2>(
    processor: RowProcessor<K, V, V2>,
    options: RowProcessOptions<NonNullable<V2>> = {},
  ): Table<K, NonNullable<V2>> {
    checkCall('processValues', { processor }, options, rowProcessChecks);
    return new Table(...appendRowProcessor(this, processor, options as RowProcessOptions<unknown>));
  }

  /**
   * Holds back updates and forwards only the last of each row, when its window closes or a time limit is over.
   *
   * @throws ConfigError for `untilWindowCloses` unless the windows upstream close by records only, or if a serde is unknown.
   *
   * @example
   * perMinute.suppress(untilWindowCloses()).toStream().to(windowTotals)
   */
  suppress<D2 extends null>(until: Suppression<K, D2>, options: Named = {}): Table<K, V, D & D2> {
    checkValue('"until" of suppress', until, suppression);
    checkOptions('suppress', options, namedChecks);
    return new Table(appendSuppress(this.position, until, options), { versioned: this.rows.versioned });
  }

  /**
   * Returns the changes of the table as records: the new value, or null for a delete. Where rows are never deleted, the
   * type has no null: behind `count`, windows that emit on close and `suppress(untilWindowCloses())`.
   *
   * @example
   * counts.toStream().to(results)
   */
  toStream(options: Named = {}): Stream<K, V | D> {
    checkOptions('toStream', options, namedChecks);
    return this.position.chain.openStream(appendToStream(this.position, options.name)) as Stream<K, V | D>;
  }

  /**
   * Groups rows: `to` returns the key of a row's group and the value to aggregate; null leaves the row out.
   *
   * @throws ConfigError when `to` is an async function.
   *
   * @example
   * accounts.groupBy((account) => [account.region, account.balance], { key: string, value: double })
   */
  groupBy<K2, V2>(to: Grouping<K, V, K2, V2>, options: GroupOptions<K2, V2> = {}): GroupedTable<K2, V2> {
    checkCall('groupBy', { to }, options, groupChecks);
    return new GroupedTable(this.position, to as Grouping<never, never, K2, V2>, options);
  }

  /**
   * Joins the rows of both tables that have equal keys; or, with `by`, each row with the row whose key it picks. Null or
   * undefined from the joiner leaves the row out.
   *
   * @throws ConfigError when the joiner is an async function, or if a serde is unknown.
   *
   * @example
   * orders.join(customers, by((order) => order.customer), (order, customer) => ({ ...order, name: customer.name }))
   */
  join<FK, V2, R>(
    table: Table<FK, V2>,
    condition: KeyJoinCondition<K, V, FK>,
    joiner: (left: V, right: V2, key: K) => Sync<R>,
    options?: JoinOptions<NonNullable<R>> & EmitOptions,
  ): Table<K, NonNullable<R>>;
  join<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V, right: V2, key: K) => Sync<R>,
    options?: JoinOptions<NonNullable<R>> & EmitOptions,
  ): Table<K, NonNullable<R>>;
  join(...call: unknown[]): Table<never, never> {
    return new Table(...appendTableJoin('inner', this.position, call));
  }

  /**
   * Joins as `join` does, and keeps every row of this table. The right side is `undefined` where nothing matches.
   *
   * @example
   * accounts.leftJoin(owners, (account, owner) => ({ ...account, owner: owner?.name ?? 'unknown' }))
   */
  leftJoin<FK, V2, R>(
    table: Table<FK, V2>,
    condition: KeyJoinCondition<K, V, FK>,
    joiner: (left: V, right: V2 | undefined, key: K) => Sync<R>,
    options?: JoinOptions<NonNullable<R>> & EmitOptions,
  ): Table<K, NonNullable<R>>;
  leftJoin<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V, right: V2 | undefined, key: K) => Sync<R>,
    options?: JoinOptions<NonNullable<R>> & EmitOptions,
  ): Table<K, NonNullable<R>>;
  leftJoin(...call: unknown[]): Table<never, never> {
    return new Table(...appendTableJoin('left', this.position, call));
  }

  /**
   * Joins the rows of keys that either table has. The other side is `undefined` where nothing matches.
   *
   * @example
   * stock.outerJoin(reserved, (inStock, taken) => (inStock ?? 0) - (taken ?? 0))
   */
  outerJoin<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V | undefined, right: V2 | undefined, key: K) => Sync<R>,
    options?: JoinOptions<NonNullable<R>> & EmitOptions,
  ): Table<K, NonNullable<R>>;
  outerJoin(...call: unknown[]): Table<never, never> {
    return new Table(...appendTableJoin('outer', this.position, call));
  }
}

/** The serdes of a group's keys and values, and the name of its repartition topic. */
export interface GroupOptions<K, V> extends StepOptions<K, V> {}

const groupChecks: OptionChecks<GroupOptions<unknown, unknown>> = stepChecks;

/** The options of a grouping without their types. */
interface UntypedOptions extends Named {
  readonly key?: AnySerde;
  readonly value?: AnySerde;
}

/**
 * The rows of a table in groups. An update subtracts the old value from its group and adds the new one. Keys and values
 * go through a repartition topic, so both need a serde.
 */
export class GroupedTable<out K, out V> {
  readonly #from: ChainPosition;
  readonly #group: Grouping<never, never, K, V>;
  readonly #options: UntypedOptions;

  constructor(from: ChainPosition, group: Grouping<never, never, K, V>, options: UntypedOptions) {
    this.#from = from;
    this.#group = synchronous('groupBy', group);
    this.#options = options;
  }

  /**
   * Aggregates the values of each group with a ready-made aggregation, or one's own, that can `subtract`. `value` is the
   * serde of its results. A group without rows has no result.
   *
   * @throws ConfigError when a serde is unknown, a function is async, or the aggregation has no `subtract`.
   *
   * @example
   * accounts
   *   .groupBy((account) => [account.region, account.balance], { key: string, value: double })
   *   .aggregate(sum((balance) => balance), { name: 'balances' })
   */
  aggregate<A, R>(aggregate: SubtractableAggregate<V, A, R>, options?: AggregateOptions<R> & EmitOptions): Table<K, R>;
  /**
   * Aggregates the values of each group from `init()`: an update calls `subtract` with the old value, then `add` with the
   * new one. Null or undefined deletes the aggregate.
   *
   * @throws ConfigError when a serde is unknown or a function is async.
   *
   * @example
   * accounts
   *   .groupBy((account) => [account.region, account.balance], { key: string, value: double })
   *   .aggregate(() => 0, (sum, balance) => sum + balance, (sum, balance) => sum - balance, { value: double })
   */
  aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined,
    subtract: (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined,
    options?: AggregateOptions<A> & EmitOptions,
  ): Table<K, A>;
  aggregate(...call: unknown[]): Table<K, never> {
    return isAggregateCall(call)
      ? this.#aggregateWith(...(call as [never]))
      : this.#aggregate(...(call as [never, never, never]));
  }

  #aggregateWith<A, R>(
    aggregate: SubtractableAggregate<V, A, R>,
    options: AggregateOptions<R> & EmitOptions = {},
  ): Table<K, R> {
    checkValue('"aggregate" of aggregate of a table', aggregate, aggregateCheck('subtract'));
    checkOptions('aggregate', options, tableStepChecks);
    const step = options.name ?? aggregate.name;
    const aggregation = { add: synchronous(step, aggregate.add), subtract: synchronous(step, aggregate.subtract) };
    const value = storedSerde(this.#from, aggregate, options.value);
    const table = this.#append<A>('aggregate', value, aggregation, options);
    return new Table(...appendResults(table, aggregate, options.value));
  }

  #aggregate<A>(
    init: () => A,
    add: (aggregate: A, value: V, key: K) => A | null | undefined,
    subtract: (aggregate: A, value: V, key: K) => A | null | undefined,
    options: AggregateOptions<A> & EmitOptions = {},
  ): Table<K, A> {
    checkCall('aggregate', { init, add, subtract }, options, tableStepChecks);
    const serde = resultSerde(this.#from.chain, options.value, 'value', 'aggregate', 'aggregate');
    const step = options.name ?? 'aggregate';
    const [initial, added] = [synchronous(step, init), synchronous(step, add)];
    const aggregation: RowAggregation<K, V, A> = {
      add: (aggregate, value, key) => added(aggregate ?? initial(), value, key),
      subtract: synchronous(step, subtract),
    };
    return this.#append('aggregate', serde, aggregation, options);
  }

  /**
   * Combines the values of each group; the first value is the first aggregate. Null or undefined deletes the aggregate.
   *
   * @throws ConfigError when a serde is unknown or a function is async.
   *
   * @example
   * balances.reduce((sum, balance) => sum + balance, (sum, balance) => sum - balance)
   */
  reduce<K2, V2, R extends V2 | null | undefined>(
    this: GroupedTable<K2, V2>,
    add: (aggregate: V2, value: V2, key: K2) => R,
    subtract: (aggregate: V2, value: V2, key: K2) => R,
    options: AggregateOptions<V2> & EmitOptions = {},
  ): Table<K2, V2, DeletedBy<R>> {
    checkCall('reduce', { add, subtract }, options, tableStepChecks);
    const serde = options.value ?? this.#serde('value', 'reduce');
    const step = options.name ?? 'reduce';
    const added = synchronous(step, add);
    const aggregation: RowAggregation<K2, V2, V2> = {
      add: (aggregate, value, key) => (aggregate === undefined ? value : added(aggregate, value, key)),
      subtract: synchronous(step, subtract),
    };
    return this.#append('reduce', serde, aggregation, options);
  }

  /**
   * Counts the rows of each group; an emptied group counts 0. The serde is `countSerde` unless set.
   *
   * @example
   * accounts.groupBy((account, id) => [account.region, id], { key: string, value: string }).count()
   */
  count(options: AggregateOptions<number> & EmitOptions = {}): Table<K, number, never> {
    checkOptions('count', options, tableStepChecks);
    const aggregation: RowAggregation<K, V, number> = {
      add: (count) => (count ?? 0) + 1,
      subtract: (count) => count - 1,
    };
    return this.#append<number, never>('count', options.value ?? countSerde, aggregation, options);
  }

  #serde<T>(part: 'key' | 'value', step: string): Serde<T> {
    return resultSerde(this.#from.chain, this.#options[part], part, `groupBy before ${step}`, `group's ${part}`);
  }

  #append<A, D extends null = null>(
    operator: string,
    value: Serde<A>,
    aggregation: RowAggregation<K, V, A>,
    options: Named & EmitOptions,
  ): Table<K, A, D> {
    const grouped = {
      from: this.#from,
      group: this.#group,
      key: this.#serde<K>('key', operator),
      value: this.#serde<V>('value', operator),
      topic: this.#options.name,
    };
    return new Table(...appendRowAggregation(grouped, operator, value, aggregation, options));
  }
}
