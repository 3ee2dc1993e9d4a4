import type { Serde } from '../graph/serde.js';
import type { AnyStoreSpec } from '../graph/store.js';
import { GroupedTable } from './grouped-table.js';
import { joinTablesAt } from './join.js';
import type { Named, Sync } from './operator.js';
import type { Grouping } from './operators/table-aggregate.js';
import { rowsAt } from './operators/table-steps.js';
import { toStreamAt } from './operators/to-stream.js';
import type { ChainPosition } from './position.js';
import { type JoinOptions, Stream } from './stream.js';

/** How a table is kept: a name keeps its rows in a store of that name, for queries and joins. */
export interface TableOptions extends Named {}

/** As {@link TableOptions}, with the serde of what a step makes. */
export interface TableStepOptions<V> extends TableOptions {
  readonly value?: Serde<V>;
}

/** Where a table's rows are kept, if anywhere. */
export interface TableRows {
  readonly store?: AnyStoreSpec;
  /** The part of a key by which rows are partitioned, where it is not the whole: a windowed row's key. */
  readonly partitionKey?: { readonly of: (key: unknown) => unknown; readonly serde: Serde<unknown> };
  /** How long after a record windows of this table may still change, in ms. */
  readonly grace?: number;
}

/** The newest value of each key; every update is a change of a row. */
export class Table<K, V> {
  readonly is = 'table';
  /** Where the chain stands; for operators that append nodes of their own. */
  readonly position: ChainPosition;
  /** Where the rows are kept. */
  readonly rows: TableRows;

  constructor(position: ChainPosition, rows: TableRows = {}) {
    this.position = position;
    this.rows = rows;
  }

  /** Says how keys and values are written from here on. */
  with({ key, value }: { key?: Serde<K>; value?: Serde<V> }): Table<K, V> {
    const { position } = this;
    return new Table(
      {
        ...position,
        key: key === undefined ? position.key : { serde: key },
        value: value === undefined ? position.value : { serde: value },
      },
      this.rows,
    );
  }

  /** The rows that pass a test; a row that no longer does is deleted. */
  filter(test: (value: V, key: K) => boolean, options: TableOptions = {}): Table<K, V> {
    const compute = (value: V, key: K) => (test(value, key) ? value : undefined);
    return new Table(...rowsAt(this.position, { operator: 'table-filter', compute, skipsNothing: true }, options));
  }

  /** The rows that do not pass a test. */
  filterNot(test: (value: V, key: K) => boolean, options: TableOptions = {}): Table<K, V> {
    const compute = (value: V, key: K) => (test(value, key) ? undefined : value);
    return new Table(...rowsAt(this.position, { operator: 'table-filter-not', compute, skipsNothing: true }, options));
  }

  /** The rows with other values; null or undefined leaves a row out. */
  mapValues<V2>(
    to: (value: V, key: K) => Sync<V2>,
    options: TableStepOptions<NonNullable<V2>> = {},
  ): Table<K, NonNullable<V2>> {
    const compute = (value: V, key: K) => to(value, key) as V2;
    return new Table(...rowsAt(this.position, { operator: 'table-map-values', compute, skipsNothing: false }, options));
  }

  /** Every change as a record: the new value, or null for a delete. */
  toStream(options: Named = {}): Stream<K, V | null> {
    return new Stream(toStreamAt(this.position, options.name));
  }

  /**
   * Groups rows: `to` gives each row the key of its group and the value to aggregate; null leaves the row out.
   *
   * @example
   * accounts.groupBy((account) => [account.region, account.balance], { key: string, value: double })
   */
  groupBy<K2, V2>(
    to: Grouping<K, V, K2, V2>,
    options: Named & { readonly key?: Serde<K2>; readonly value?: Serde<V2> } = {},
  ): GroupedTable<K2, V2> {
    return new GroupedTable(this.position, to as Grouping<never, never, K2, V2>, options);
  }

  /** The rows of keys that both tables have, combined. */
  join<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V, right: V2, key: K) => Sync<R>,
    options: JoinOptions<NonNullable<R>> = {},
  ): Table<K, NonNullable<R>> {
    return new Table(...joinTablesAt('inner', this, table, joiner, options));
  }

  /** The rows of this table, combined with those of the other where it has the key. */
  leftJoin<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V, right: V2 | undefined, key: K) => Sync<R>,
    options: JoinOptions<NonNullable<R>> = {},
  ): Table<K, NonNullable<R>> {
    return new Table(...joinTablesAt('left', this, table, joiner, options));
  }

  /** The rows of keys that either table has, combined. */
  outerJoin<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V | undefined, right: V2 | undefined, key: K) => Sync<R>,
    options: JoinOptions<NonNullable<R>> = {},
  ): Table<K, NonNullable<R>> {
    return new Table(...joinTablesAt('outer', this, table, joiner, options));
  }
}
