/** The named user functions of the vectors, as their `doc.functions` define them. */

type Value = string | number | null | undefined;

const shown = (value: Value): string => (value === null || value === undefined ? 'null' : String(value));

export const joiners: Readonly<Record<string, (left: Value, right: Value, key: Value) => string | null>> = {
  plus: (a, b) => `${shown(a)}+${shown(b)}`,
  dash: (a, b) => `${shown(a)}-${shown(b)}`,
  pipe: (a, b) => `${shown(a)}|${shown(b)}`,
  paren: (a, b) => `(${shown(a)},${shown(b)})`,
  rejoin: (a, b) => `rejoin(${shown(a)},${shown(b)})`,
  concat: (a, b) => `${shown(a)}${shown(b)}`,
  keyed: (a, b, key) => `${shown(key)}:${shown(a)}+${shown(b)}`,
  nullIfEqual: (a, b) => (a === b ? null : `${shown(a)}+${shown(b)}`),
};

export const keyFunctions: Readonly<Record<string, (value: Value, key: Value) => string | null>> = {
  valueFirst: (value) => (value === null || value === undefined || value === '' ? null : String(value).slice(0, 1)),
  value: (value) => (value ?? null) as string | null,
  key: (_, key) => (key ?? null) as string | null,
  null: () => null,
};

export const groupings: Readonly<
  Record<string, (value: string, key: string) => readonly [string | null, string | null] | null>
> = {
  swap: (value, key) => [value, key],
  byKeyword: (value) => (value === 'NULL' ? null : [value === 'null' ? null : value, value]),
};

export const predicateOf = (name: string): ((value: Value, key: Value) => boolean) => {
  const [rule, argument] = name.split(':') as [string, string | undefined];
  const rules: Readonly<Record<string, (value: Value, key: Value) => boolean>> = {
    valueStartsWith: (value) => typeof value === 'string' && value.startsWith(argument as string),
    keyIs: (_, key) => key === argument,
    valueNotNull: (value) => value !== null && value !== undefined,
    keyNotNull: (_, key) => key !== null && key !== undefined,
    true: () => true,
  };
  const predicate = rules[rule];
  if (predicate === undefined) throw new Error(`predicate ${name}`);
  return predicate;
};

export const valueMappers: Readonly<Record<string, (value: Value) => Value>> = {
  upper: (value) => (value === null ? null : String(value).toUpperCase()),
  len: (value) => (value === null ? null : String(String(value).length)),
  bang: (value) => (value === null ? null : `${value}!`),
};

export const adders: Readonly<Record<string, (so: string, value: string) => string | null>> = {
  plus: (so, value) => `${so}+${shown(value)}`,
  nullOnX: (so, value) => (value === 'x' ? null : `${so}+${shown(value)}`),
  set: (so, value) => counted(so, value, 1),
  last: (_, value) => value,
};

export const subtractors: Readonly<Record<string, (so: string, value: string) => string | null>> = {
  plus: (so, value) => `${so}-${value}`,
  nullOnX: (so, value) => `${so}-${value}`,
  set: (so, value) => counted(so, value, -1),
};

/** A multiset as text: `value=count`, joined by commas, sorted. */
const counted = (so: string, value: string, by: number): string => {
  const counts = new Map(
    so === ''
      ? []
      : so
          .split(',')
          .map((one): [string, number] => [
            one.slice(0, one.lastIndexOf('=')),
            Number(one.slice(one.lastIndexOf('=') + 1)),
          ]),
  );
  const count = (counts.get(value) ?? 0) + by;
  if (count > 0) counts.set(value, count);
  else counts.delete(value);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([one, times]) => `${one}=${times}`)
    .join(',');
};
