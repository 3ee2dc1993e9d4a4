import { checkFunctions } from '@kstreams/core/graph';
import { json } from '@kstreams/serde';
import type { FullAggregate } from './full-aggregate.js';

/** The values that `distinct` compares. */
export type Distinct = string | number | boolean;

/** The stored form of `distinct`: each value with the number of its occurrences. */
export type Occurrences<T> = readonly (readonly [value: T, count: number])[];

/**
 * Collects distinct texts, numbers or booleans, in the order of their first arrival. Works on streams, windows, sessions and
 * grouped tables. The store keeps each value with its number of occurrences, so that rows can be removed.
 *
 * @example
 * visits.groupByKey().window(session('30m')).aggregate(distinct((visit) => visit.page), { name: 'pages' })
 */
export const distinct = <V, T extends Distinct>(
  of: (value: V) => T,
): FullAggregate<V, Occurrences<T>, readonly T[]> => {
  checkFunctions('distinct', { of });
  return {
    name: 'distinct',
    add: (seen = [], value) => counted(seen, of(value), 1),
    subtract: (seen, value) => {
      const rest = counted(seen, of(value), -1);
      return rest.length === 0 ? undefined : rest;
    },
    merge: (left, right) => right.reduce((seen, [value, count]) => counted(seen, value, count), left),
    result: (seen) => seen.map(([value]) => value),
    serde: json<Occurrences<T>>(),
    resultSerde: json<readonly T[]>(),
  };
};

/** Returns the occurrences with some more or fewer of a value. */
const counted = <T extends Distinct>(seen: Occurrences<T>, value: T, by: number): Occurrences<T> => {
  if (typeof value !== 'string' && typeof value !== 'boolean' && !Number.isFinite(value))
    throw new TypeError(
      `the function of distinct returned ${String(value)}: return a text, a finite number or a boolean`,
    );
  const at = seen.findIndex(([one]) => one === value);
  const [, count = 0] = seen[at] ?? [];
  if (at < 0) return by > 0 ? [...seen, [value, by]] : seen;
  return count + by > 0 ? seen.with(at, [value, count + by]) : seen.toSpliced(at, 1);
};
