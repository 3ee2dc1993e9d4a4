import type { Duration } from '../graph/duration.js';
import { type OptionChecks, option } from '../graph/option.js';
import type { Serde } from '../graph/serde.js';
import { type Ttl, ttlCheck } from '../graph/ttl.js';

/** The name of a step. Its stores, changelogs and repartition topics are named after it. */
export interface Named {
  /** `operator-n` unless set, such as `filter-0`. */
  readonly name?: string;
}

/** The options of a step that changes keys. */
export interface KeyStep extends Named {
  /** Promises that equal new keys are in one partition already, so that later steps need no repartition topic. */
  readonly partitioned?: 'kept';
}

/** The name of a step and the serdes of the records it makes. */
export interface StepOptions<K, V> extends Named {
  /** The serde of new keys; the application's default unless set. */
  readonly key?: Serde<K>;
  /** The serde of new values; the application's default unless set. */
  readonly value?: Serde<V>;
}

/** The name of a step that keeps keys, and the serde of the values it makes. */
export type ValueOptions<V> = Omit<StepOptions<never, V>, 'key'>;

/** The name of an aggregation, after which its store is named, and the serde of its aggregate. */
export interface AggregateOptions<A> extends Named {
  /** The serde of the aggregate; the application's default unless set. */
  readonly value?: Serde<A>;
}

/**
 * The time at which a table forwards its updates. `'on-update'` forwards each at once, `'on-commit'` the last of each key
 * before a commit, `{ every }` the last of each key at most once per interval of wall-clock time. Rows are always up to
 * date for queries and joined streams; joins of tables read them as emitted.
 */
export type EmitStrategy = 'on-update' | 'on-commit' | { readonly every: Duration };

/** The emit strategy of a table. */
export interface EmitOptions {
  /** `'on-update'` unless set. */
  readonly emit?: EmitStrategy;
}

/** `null` for a table with a ttl, the ends of which delete rows; else `never`. */
export type EndedBy<T extends Ttl | undefined> = [T] extends [undefined] ? never : null;

/** The time to live of rows. */
export interface ExpiryOptions<T extends Ttl | undefined = Ttl | undefined> {
  /**
   * The time after its timestamp at which a row is deleted, such as `'1d'` by stream time or `{ after: '1d', clock: 'wall' }`.
   * The delete is forwarded like any other, and a record that has ended when it is read counts as one. Rows are kept unless
   * set.
   */
  readonly ttl?: T;
}

/** The options of a table. A name keeps its rows in a store of that name, for queries and joins. */
export interface TableOptions extends Named, EmitOptions {}

/** The options of a table that is read from records. */
export interface TableSourceOptions extends TableOptions, ExpiryOptions {
  /**
   * The time that old versions of rows are kept, behind the newest timestamp. With a history the table is ordered by timestamp
   * instead of offset, and stream joins see each row as it was at the record's timestamp. No history unless set.
   */
  readonly history?: Duration;
}

/** The options of an aggregation that keeps a row per key. */
export interface RowAggregateOptions<A, T extends Ttl | undefined = Ttl | undefined>
  extends AggregateOptions<A>,
    EmitOptions,
    ExpiryOptions<T> {}

/** The options of a table, with the serde of new values. */
export interface TableStepOptions<V> extends TableOptions {
  /** The serde of new values; the application's default unless set. */
  readonly value?: Serde<V>;
}

/** The checks of {@link Named}. */
export const namedChecks: OptionChecks<Named> = { name: option.text };

/** The checks of {@link KeyStep}. */
export const keyStepChecks: OptionChecks<KeyStep> = { ...namedChecks, partitioned: option.oneOf<'kept'>('kept') };

/** The checks of {@link ValueOptions} and {@link AggregateOptions}. */
export const valueChecks: OptionChecks<ValueOptions<unknown>> = { ...namedChecks, value: option.serde };

/** The checks of {@link StepOptions}. */
export const stepChecks: OptionChecks<StepOptions<unknown, unknown>> = { ...valueChecks, key: option.serde };

/** The checks of {@link EmitOptions}. */
export const emitChecks: OptionChecks<EmitOptions> = {
  emit: option.oneOf<EmitStrategy>('on-update', 'on-commit', { every: option.required(option.duration) }),
};

/** The checks of {@link TableOptions}. */
export const tableChecks: OptionChecks<TableOptions> = { ...namedChecks, ...emitChecks };

/** The checks of {@link TableSourceOptions}. */
export const tableSourceChecks: OptionChecks<TableSourceOptions> = {
  ...tableChecks,
  history: option.duration,
  ttl: ttlCheck,
};

/** The checks of {@link TableStepOptions}. */
export const tableStepChecks: OptionChecks<TableStepOptions<unknown>> = { ...tableChecks, value: option.serde };

/** The checks of {@link RowAggregateOptions}. */
export const rowAggregateChecks: OptionChecks<RowAggregateOptions<unknown>> = { ...tableStepChecks, ttl: ttlCheck };

/** The checks of the options of `groupBy` of a stream. */
export const groupByChecks: OptionChecks<Omit<StepOptions<unknown, unknown>, 'value'>> = {
  ...namedChecks,
  key: option.serde,
};

/** The checks of the serdes given to `with`. */
export const serdeChecks: OptionChecks<Omit<StepOptions<unknown, unknown>, 'name'>> = {
  key: option.serde,
  value: option.serde,
};
