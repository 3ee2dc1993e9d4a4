import { Unsupported } from '../unsupported.js';
import { shown, type Value } from './shown.js';

/** What a value is made into, record by record. */
export const valueMappers: Readonly<Record<string, (value: Value) => string | null>> = {
  upper: (value) => (value === null ? null : shown(value).toUpperCase()),
  len: (value) => (value === null ? null : String(shown(value).length)),
  bang: (value) => (value === null ? null : `${shown(value)}!`),
};

/** Which records a filter or a branch is for: a rule, and what it compares with after a colon. */
export const predicateOf = (name = ''): ((value: Value, key: Value) => boolean) => {
  const [rule, argument] = name.split(':') as [string, string | undefined];
  const predicate = predicates[rule];
  if (predicate === undefined) throw new Unsupported(`predicate ${name}`);
  return predicate(argument as string);
};

const predicates: Readonly<Record<string, (argument: string) => (value: Value, key: Value) => boolean>> = {
  valueStartsWith: (start) => (value) => value !== null && value !== undefined && shown(value).startsWith(start),
  keyIs: (wanted) => (_, key) => key === wanted,
  valueNotNull: () => (value) => value !== null && value !== undefined,
  keyNotNull: () => (_, key) => key !== null && key !== undefined,
  true: () => () => true,
};
