import { textOf, type Value } from './text-of.js';

/** Joiners by name. */
export const joiners: Readonly<Record<string, (left: Value, right: Value, key: Value) => string | null>> = {
  plus: (a, b) => `${textOf(a)}+${textOf(b)}`,
  dash: (a, b) => `${textOf(a)}-${textOf(b)}`,
  pipe: (a, b) => `${textOf(a)}|${textOf(b)}`,
  paren: (a, b) => `(${textOf(a)},${textOf(b)})`,
  rejoin: (a, b) => `rejoin(${textOf(a)},${textOf(b)})`,
  concat: (a, b) => `${textOf(a)}${textOf(b)}`,
  keyed: (a, b, key) => `${textOf(key)}:${textOf(a)}+${textOf(b)}`,
  nullIfEqual: (a, b) => (a === b ? null : `${textOf(a)}+${textOf(b)}`),
};
