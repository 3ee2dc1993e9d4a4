import { checkAbsent } from '../graph/check-options.js';
import { type OptionCheck, option } from '../graph/option.js';
import type { Serde } from '../graph/serde.js';
import { synchronous } from '../graph/synchronous.js';
import { type ChainPosition, resultSerde, type TableRows } from './chain.js';
import { appendRowStep } from './operators/table-filter-map.js';

/**
 * An aggregation as a value, for `aggregate` of streams and windows: aggregates values of type V to a stored form A, and
 * maps it to a result R. The aggregate of no values is `undefined`, which is no row.
 *
 * `add` may change its aggregate in place, unless its serde has a `roundTrip`.
 *
 * @example
 * const longest: Aggregate<string, string> = {
 *   name: 'longest',
 *   add: (kept = '', word) => (word.length > kept.length ? word : kept),
 *   serde: string,
 * }
 * words.groupByKey().aggregate(longest, { name: 'longest-words' })
 */
export interface Aggregate<in V, in out A, in out R = A> {
  /** Names the aggregation in errors, such as `sum`. */
  readonly name: string;
  /** Returns the aggregate with a value added; `undefined` deletes the row. */
  readonly add: (aggregate: A | undefined, value: V) => A | undefined;
  /** Returns the result of an aggregate. The aggregate is the result unless set. */
  readonly result?: (aggregate: A) => R;
  /** The serde of the stored form; the application's default unless set. */
  readonly serde?: Serde<A>;
  /** The serde of results; without one, a step that needs it takes `value` of the options or the application's default. */
  readonly resultSerde?: Serde<R>;
}

/** An aggregation with any stored form and result. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyAggregate<V> = Aggregate<V, any, any>;

/**
 * An aggregation whose aggregates can be merged, as sessions need. Aggregating any two parts of some values and merging them
 * gives the same as aggregating all.
 */
export interface MergeableAggregate<in V, in out A, in out R = A> extends Aggregate<V, A, R> {
  /** Returns one aggregate of two; the values of `left` came first. */
  readonly merge: (left: A, right: A) => A | undefined;
}

/** An aggregation that can remove values again, as grouped tables need. Removing a value undoes its addition. */
export interface SubtractableAggregate<in V, in out A, in out R = A> extends Aggregate<V, A, R> {
  /** Returns the aggregate with a value removed; `undefined` once none is left, which deletes the row. */
  readonly subtract: (aggregate: A, value: V) => A | undefined;
}

/**
 * True for a call of `aggregate` with an aggregation as a value, instead of functions.
 *
 * @throws ConfigError for an argument after its options.
 */
export const isAggregateCall = ([first, second, ...extra]: readonly unknown[]): boolean => {
  if (typeof first !== 'object' || first === null || typeof second === 'function') return false;
  checkAbsent('the argument after the options of aggregate', extra[0], 'remove it');
  return true;
};

/** Returns the check of the first argument of `aggregate`, for a call with an aggregation as a value. */
export const aggregateCheck = (...also: readonly ('merge' | 'subtract')[]): OptionCheck => {
  const parts = ['add', ...also].map((part) => `"${part}"`).join(' and ');
  return option.having(`an aggregation with ${parts}`, 'add', ...also);
};

/** The serde of the stored form of an aggregation. */
export const storedSerde = <A, R>(
  { chain }: ChainPosition,
  { name, result, serde }: Aggregate<never, A, R>,
  value: Serde<R> | undefined,
): Serde<A> => {
  // Without a mapper the results are the stored form.
  const results = result === undefined ? (value as Serde<unknown> as Serde<A> | undefined) : undefined;
  return resultSerde(chain, results ?? serde, 'value', name, 'aggregate');
};

/** Appends the mapping of stored aggregates to results. Views of the table read the results too. */
export const appendResults = <A, R>(
  { position, rows }: { readonly position: ChainPosition; readonly rows: TableRows },
  { name, result, resultSerde: serde }: Aggregate<never, A, R>,
  value: Serde<R> | undefined,
): [ChainPosition, TableRows] => {
  if (result === undefined) return [position, rows];
  const compute = synchronous(name, result);
  const [mapped] = appendRowStep<unknown, A, R>({ position, rows }, 'table-map-values', compute, {
    value: value ?? serde,
  });
  return [mapped, { ...rows, result: compute as (stored: never) => unknown }];
};
