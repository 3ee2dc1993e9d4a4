import { textOf, type Value } from './text-of.js';

type Aggregator = (aggregate: string, value: string) => string | null;

const nullOnX: Aggregator = (aggregate, value) => (value === 'x' ? null : `${textOf(aggregate)}+${textOf(value)}`);

/** Returns an aggregate with one more value. */
export const adders: Readonly<Record<string, Aggregator>> = {
  plus: (aggregate, value) => `${textOf(aggregate)}+${textOf(value)}`,
  nullOnX,
  set: (aggregate, value) => counted(aggregate, value, 1),
};

/** Combines two values, the first of which may be combined already. */
export const reducers: Readonly<Record<string, Aggregator>> = {
  plus: (aggregate, value) => `${textOf(aggregate)}+${textOf(value)}`,
  nullOnX,
  last: (_, value) => value,
};

/** Returns an aggregate with one value less. */
export const subtractors: Readonly<Record<string, Aggregator>> = {
  plus: (aggregate, value) => `${textOf(aggregate)}-${textOf(value)}`,
  nullOnX: (aggregate, value) => `${textOf(aggregate)}-${textOf(value)}`,
  last: (aggregate, value) => `${textOf(aggregate)}-${textOf(value)}`,
  set: (aggregate, value) => counted(aggregate, value, -1),
};

/** Merges the aggregates of two sessions. */
export const merged = (one: Value, other: Value): string => `${textOf(one)}+${textOf(other)}`;

/** A multiset as text: `value=count`, joined by commas, sorted. */
const counted = (aggregate: string, value: string, by: number): string => {
  const counts = new Map(
    aggregate
      .split(',')
      .filter((one) => one !== '')
      .map((one): [string, number] => [
        one.slice(0, one.lastIndexOf('=')),
        Number(one.slice(one.lastIndexOf('=') + 1)),
      ]),
  );
  const count = (counts.get(value) ?? 0) + by;
  if (count > 0) counts.set(value, count);
  else counts.delete(value);
  return [...counts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([one, times]) => `${one}=${times}`)
    .join(',');
};
