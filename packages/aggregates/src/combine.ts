import {
  type Aggregate,
  type AnyAggregate,
  aggregateCheck,
  type MergeableAggregate,
  type SubtractableAggregate,
} from '@kstreams/core/dsl';
import { type AnySerde, ConfigError, checkValue, type Serde } from '@kstreams/core/graph';
import { json, tuple } from '@kstreams/serde';
import type { FullAggregate } from './full-aggregate.js';

/** Aggregations by name. */
export type Parts<V> = Readonly<Record<string, AnyAggregate<V>>>;

/** The stored forms of some aggregations, by name. */
export type StoredOf<P> = {
  readonly [name in keyof P]: P[name] extends Aggregate<never, infer A, infer _> ? A : never;
};

/** The results of some aggregations, by name. */
export type ResultsOf<P> = {
  readonly [name in keyof P]: P[name] extends Aggregate<never, infer _, infer R> ? R : never;
};

/** Several aggregations as one, which can merge and subtract if all of them can. */
export type Combined<V, P> = (P[keyof P] extends { readonly merge: unknown }
  ? MergeableAggregate<V, StoredOf<P>, ResultsOf<P>>
  : Aggregate<V, StoredOf<P>, ResultsOf<P>>) &
  (P[keyof P] extends { readonly subtract: unknown }
    ? SubtractableAggregate<V, StoredOf<P>, ResultsOf<P>>
    : Aggregate<V, StoredOf<P>, ResultsOf<P>>);

/**
 * Combines several aggregations of the same values to one, with an object of their results. It works where all of them do.
 * The row is deleted once one of them has no values.
 *
 * @throws ConfigError for a part without a serde.
 *
 * @example
 * orders.groupByKey().aggregate(
 *   combine({ orders: count(), total: sum((order) => order.total), mean: avg((order) => order.total) }),
 *   { name: 'order-statistics' },
 * )
 */
export const combine = <V, P extends Parts<V>>(parts: P & Parts<V>): Combined<V, P> => {
  const names = Object.keys(parts);
  for (const name of names) checkValue(`part "${name}" of combine`, parts[name], aggregateCheck());
  const all = names.map((name) => parts[name] as FullAggregate<V, unknown, unknown>);
  const each = (of: (part: FullAggregate<V, unknown, unknown>, name: string) => unknown): Stored | undefined => {
    const stored: Record<string, unknown> = {};
    for (const [i, name] of names.entries()) {
      const next = of(all[i] as FullAggregate<V, unknown, unknown>, name);
      if (next === undefined) return undefined;
      stored[name] = next;
    }
    return stored;
  };
  const combined: Aggregate<V, Stored, Stored> & Partial<FullAggregate<V, Stored, Stored>> = {
    name: `combine(${all.map(({ name }) => name).join(', ')})`,
    add: (aggregate, value) => each((part, name) => part.add(aggregate?.[name], value)),
    result: (aggregate) => each((part, name) => (part.result ?? itself)(aggregate[name])) as Stored,
    serde: serdeOf(names, all),
    resultSerde: json(),
    ...(all.every(({ merge }) => merge !== undefined) && {
      merge: (left, right) => each((part, name) => part.merge(left[name], right[name])),
    }),
    ...(all.every(({ subtract }) => subtract !== undefined) && {
      subtract: (aggregate, value) => each((part, name) => part.subtract(aggregate[name], value)),
    }),
  };
  return combined as unknown as Combined<V, P>;
};

/** The stored forms or results of the parts, by name. */
type Stored = Readonly<Record<string, unknown>>;

const itself = (aggregate: unknown): unknown => aggregate;

/** Returns the serde of the stored forms: those of the parts in order. */
const serdeOf = (names: readonly string[], parts: readonly { name: string; serde?: AnySerde }[]): Serde<Stored> => {
  const serdes = parts.map(({ serde }, i) => {
    if (serde === undefined)
      throw new ConfigError(`part "${names[i]}" of combine has no serde: add "serde" to the aggregation`);
    return serde;
  });
  const listed = tuple(...serdes) as Serde<unknown[]>;
  const plain = serdes.every(({ roundTrip }) => roundTrip !== undefined);
  return {
    name: `combine${listed.name.slice('tuple'.length)}`,
    inner: serdes,
    ...(plain && {
      roundTrip: (stored, at) =>
        Object.fromEntries(names.map((name, i) => [name, serdes[i]?.roundTrip?.(stored[name], at)])),
    }),
    encode: (stored, at) =>
      listed.encode(
        names.map((name) => stored[name]),
        at,
      ),
    decode: (bytes, at) => {
      const values = listed.decode(bytes, at);
      return Object.fromEntries(names.map((name, i) => [name, values[i]]));
    },
  };
};
