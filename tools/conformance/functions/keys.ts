import { textOf, type Value } from './text-of.js';

/** Key functions of streams and of lookups in global tables. */
export const keyFunctions: Readonly<Record<string, (value: Value, key: Value) => string | null>> = {
  valueFirst: (value) => (value === null || value === undefined || value === '' ? null : textOf(value).slice(0, 1)),
  value: (value) => (value ?? null) as string | null,
  key: (_, key) => (key ?? null) as string | null,
  null: () => null,
};

const keyed =
  (keyOf: (value: Value, key: Value) => string | null) =>
  (value: string, key: string): readonly [string | null, string] => [keyOf(value, key), value];

/** Key functions of grouped tables. */
export const groupings: Readonly<
  Record<string, (value: string, key: string) => readonly [string | null, string | null] | null>
> = {
  ...Object.fromEntries(Object.entries(keyFunctions).map(([name, keyOf]) => [name, keyed(keyOf)])),
  swap: (value, key) => [value, key],
  byKeyword: (value, key) => (key === 'NULL' ? null : [key === 'null' ? null : value, value]),
};
