import { ConfigError } from './errors.js';
import { nearest } from './nearest.js';
import type { Members, OptionCheck } from './option.js';

/**
 * Checks the options of a call: no unknown name, no value that its option does not take. Undefined counts as left out.
 *
 * @throws ConfigError naming the call, the option and the nearest known name or the values that the option takes.
 *
 * @example
 * checkOptions('connect', { retires: 5 }, { retries: option.count, timeout: option.duration })
 * // throws: connect has no option "retires": write "retries"; its options are "retries", "timeout"
 */
export const checkOptions = (call: string, options: unknown, known: Members): void =>
  checkMembers(call, options, known, '');

/** Checks an object; `path` is before the names of its members, such as `retry.`. */
const checkMembers = (call: string, options: unknown, known: Members, path: string): void => {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ConfigError(`the options of ${call} are ${shown(options)}: pass an object with ${list(known, path)}`);
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) throw unknown(call, name, known, path);
  }
  for (const [name, check] of Object.entries(known)) {
    const value: unknown = options[name as keyof typeof options];
    if (value === undefined && check.required !== true) continue;
    checkValue(`option "${path}${name}" of ${call}`, value, check);
    const members = check.membersOf?.(value);
    if (members !== undefined) checkMembers(call, value, members, `${path}${name}.`);
  }
};

/**
 * Checks one value. `what` names it in the error.
 *
 * @throws ConfigError for a value that the check does not accept.
 */
export const checkValue = (what: string, value: unknown, { accepts, takes }: OptionCheck): void => {
  if (accepts(value)) return;
  throw new ConfigError(`${what} is ${shown(value)}: use ${takes}`);
};

/**
 * Refuses an argument that a form of a call would ignore.
 *
 * @throws ConfigError for anything but undefined.
 *
 * @example
 * checkAbsent('the second argument of within', options, 'put its members into the first one')
 */
export const checkAbsent = (what: string, value: unknown, mend: string): void => {
  if (value !== undefined) throw new ConfigError(`${what} is ${shown(value)}, which this form does not take: ${mend}`);
};

/**
 * Checks the functions given to a call, by the names of its parameters.
 *
 * @throws ConfigError for the first that is not a function.
 *
 * @example
 * checkFunctions('filter', { test })
 */
export const checkFunctions = (call: string, functions: Readonly<Record<string, unknown>>): void => {
  for (const [name, given] of Object.entries(functions)) {
    if (typeof given === 'function') continue;
    throw new ConfigError(`"${name}" of ${call} is ${shown(given)}: pass a function`);
  }
};

/** Checks the functions and the options of a call. */
export const checkCall = (
  call: string,
  functions: Readonly<Record<string, unknown>>,
  options: unknown,
  known: Members,
): void => {
  checkFunctions(call, functions);
  checkOptions(call, options, known);
};

const unknown = (call: string, name: string, known: Members, path: string): ConfigError => {
  const meant = nearest(name, Object.keys(known));
  const mend = meant === undefined ? 'remove it' : `write "${path}${meant}"`;
  return new ConfigError(`${call} has no option "${path}${name}": ${mend}; its options are ${list(known, path)}`);
};

const list = (known: Members, path: string): string =>
  Object.keys(known)
    .sort()
    .map((name) => `"${path}${name}"`)
    .join(', ');

/** Returns a short text of a value, for errors. */
const shown = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || value === null) return String(value);
  const name = value.constructor?.name;
  return name === undefined || name === 'Object' ? `an object with ${keysOf(value)}` : `a ${name}`;
};

const keysOf = (value: object): string => Object.keys(value).slice(0, 5).join(', ') || 'no members';
