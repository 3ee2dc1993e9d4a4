import { Unsupported } from '../unsupported.js';
import { textOf, type Value } from './text-of.js';

/** Value mappers by name. */
export const valueMappers: Readonly<Record<string, (value: Value) => string | null>> = {
  upper: (value) => (value === null ? null : textOf(value).toUpperCase()),
  len: (value) => (value === null ? null : String(textOf(value).length)),
  bang: (value) => (value === null ? null : `${textOf(value)}!`),
};

/** Predicates of filters and branches: a rule, with its argument after a colon. */
export const predicateOf = (name = ''): ((value: Value, key: Value) => boolean) => {
  const [rule, argument] = name.split(':') as [string, string | undefined];
  const predicate = predicates[rule];
  if (predicate === undefined) throw new Unsupported(`predicate ${name}`);
  return predicate(argument as string);
};

const predicates: Readonly<Record<string, (argument: string) => (value: Value, key: Value) => boolean>> = {
  valueStartsWith: (start) => (value) => value !== null && value !== undefined && textOf(value).startsWith(start),
  keyIs: (wanted) => (_, key) => key === wanted,
  valueNotNull: () => (value) => value !== null && value !== undefined,
  keyNotNull: () => (_, key) => key !== null && key !== undefined,
  true: () => () => true,
};
