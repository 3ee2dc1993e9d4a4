import type { Duration } from '../graph/duration.js';
import type { Encoder, Serde } from '../graph/serde.js';
import type { AnyStoreSpec } from '../graph/store.js';
import type { TableHandle } from '../graph/table-handle.js';
import type { NoPromise, Sync } from './callback.js';
import type { Emitting } from './emission.js';
import { GroupedTable, type GroupOptions } from './grouped-table.js';
import { type JoinOptions, joinTableAt } from './join.js';
import type { KeyMatch } from './match.js';
import type { Named } from './operator.js';
import { suppressAt } from './operators/suppress.js';
import type { Grouping } from './operators/table-aggregate.js';
import { processRowsAt, type RowProcessOptions, type RowProcessor } from './operators/table-process.js';
import { rowsAt } from './operators/table-steps.js';
import { toStreamAt } from './operators/to-stream.js';
import { type ChainPosition, positionWith } from './position.js';
import type { Stream } from './stream.js';
import type { Suppression } from './suppression.js';

/** How a table is kept: a name keeps its rows in a store of that name, for queries and joins. */
export interface TableOptions extends Named, Emitting {}

/** How a table is kept that is made of records. */
export interface TableSourceOptions extends TableOptions {
  /**
   * How long rows are kept as they were, behind the newest record: the table is then ordered by timestamp instead of
   * offset, and streams that are joined with it meet each row as it was at their record's time.
   */
  readonly history?: Duration;
}

/** As {@link TableOptions}, with the serde of what a step makes. */
export interface TableStepOptions<V> extends TableOptions {
  readonly value?: Serde<V>;
}

/** Where a table's rows are kept, if anywhere. */
export interface TableRows {
  readonly store?: AnyStoreSpec;
  /** How long this table's rows are known as they were, in ms; undefined for one that only knows them as they are. */
  readonly history?: number;
}

/**
 * The newest value of each key; every update is a change of a row.
 *
 * A table only gives rows, so one of orders serves wherever one of anything is asked for.
 */
export class Table<out K, out V> implements TableHandle<K, V> {
  readonly is = 'table';
  /** Types only: never set. */
  declare readonly holds?: readonly [key: K, value: V];
  /** Where the chain stands; for operators that append nodes of their own. */
  readonly position: ChainPosition;
  /** Where the rows are kept. */
  readonly rows: TableRows;

  constructor(position: ChainPosition, rows: TableRows = {}) {
    this.position = position;
    this.rows = rows;
  }

  /** Says how keys and values are written from here on; a serde may be of a wider type, which the table then has. */
  with<K2 = K, V2 = V>(serdes: { key?: Serde<K2> & Encoder<K>; value?: Serde<V2> & Encoder<V> }): Table<K2, V2> {
    return new Table(positionWith(this.position, serdes), this.rows);
  }

  /** The rows that pass a test; a row that no longer does is deleted. */
  filter(test: (value: V, key: K) => NoPromise & boolean, options: TableOptions = {}): Table<K, V> {
    const compute = (value: V, key: K) => (test(value, key) ? value : undefined);
    return new Table(...rowsAt(this, 'table-filter', test, compute, options));
  }

  /** The rows that do not pass a test. */
  filterNot(test: (value: V, key: K) => NoPromise & boolean, options: TableOptions = {}): Table<K, V> {
    const compute = (value: V, key: K) => (test(value, key) ? undefined : value);
    return new Table(...rowsAt(this, 'table-filter-not', test, compute, options));
  }

  /** The rows with other values; null or undefined leaves a row out. */
  mapValues<V2>(
    to: (value: V, key: K) => Sync<V2>,
    options: TableStepOptions<NonNullable<V2>> = {},
  ): Table<K, NonNullable<V2>> {
    const compute = (value: V, key: K) => to(value, key) as V2;
    return new Table(...rowsAt(this, 'table-map-values', to, compute, options));
  }

  /**
   * The rows computed with stores of one's own; null or undefined leaves a row out. A delete comes as undefined.
   *
   * @example
   * totals.processValues((context) => {
   *   const seen = context.store(highest)
   *   return (total, key, at) => { … }
   * }, { stores: [highest] })
   */
  processValues<V2>(
    processor: RowProcessor<K, V, V2>,
    options: RowProcessOptions<NonNullable<V2>> = {},
  ): Table<K, NonNullable<V2>> {
    return new Table(...processRowsAt(this.position, processor, options as RowProcessOptions<unknown>));
  }

  /**
   * Holds updates back, so that of several of one row only the last goes on: once its window has closed, or a time is up.
   *
   * @example
   * perMinute.suppress(untilWindowCloses()).toStream().to(totals)
   */
  suppress(until: Suppression<K>, options: Named = {}): Table<K, V> {
    return new Table(suppressAt(this.position, until, options));
  }

  /** Every change as a record: the new value, or null for a delete. */
  toStream(options: Named = {}): Stream<K, V | null> {
    return this.position.chain.stream(toStreamAt(this.position, options.name));
  }

  /**
   * Groups rows: `to` gives each row the key of its group and the value to aggregate; null leaves the row out.
   *
   * @example
   * accounts.groupBy((account) => [account.region, account.balance], { key: string, value: double })
   */
  groupBy<K2, V2>(to: Grouping<K, V, K2, V2>, options: GroupOptions<K2, V2> = {}): GroupedTable<K2, V2> {
    return new GroupedTable(this.position, to as Grouping<never, never, K2, V2>, options);
  }

  /**
   * The rows of keys that both tables have, combined; with a match, each row with the one whose key it names. Null or
   * undefined leaves a row out.
   *
   * @example
   * orders.join(customers, by((order) => order.customer), (order, customer) => ({ ...order, name: customer.name }))
   */
  join<FK, V2, R>(
    table: Table<FK, V2>,
    match: KeyMatch<K, V, FK>,
    joiner: (left: V, right: V2, key: K) => Sync<R>,
    options?: JoinOptions<NonNullable<R>> & Emitting,
  ): Table<K, NonNullable<R>>;
  join<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V, right: V2, key: K) => Sync<R>,
    options?: JoinOptions<NonNullable<R>> & Emitting,
  ): Table<K, NonNullable<R>>;
  join(...call: unknown[]): Table<never, never> {
    return new Table(...joinTableAt('inner', this.position, call));
  }

  /** As `join`, but keeps every row of this table; the other is undefined where there is none. */
  leftJoin<FK, V2, R>(
    table: Table<FK, V2>,
    match: KeyMatch<K, V, FK>,
    joiner: (left: V, right: V2 | undefined, key: K) => Sync<R>,
    options?: JoinOptions<NonNullable<R>> & Emitting,
  ): Table<K, NonNullable<R>>;
  leftJoin<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V, right: V2 | undefined, key: K) => Sync<R>,
    options?: JoinOptions<NonNullable<R>> & Emitting,
  ): Table<K, NonNullable<R>>;
  leftJoin(...call: unknown[]): Table<never, never> {
    return new Table(...joinTableAt('left', this.position, call));
  }

  /** The rows of keys that either table has, combined. */
  outerJoin<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V | undefined, right: V2 | undefined, key: K) => Sync<R>,
    options?: JoinOptions<NonNullable<R>> & Emitting,
  ): Table<K, NonNullable<R>>;
  outerJoin(...call: unknown[]): Table<never, never> {
    return new Table(...joinTableAt('outer', this.position, call));
  }
}
