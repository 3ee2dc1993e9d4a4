import { shown, type Value } from './shown.js';

/** Joiners by name. */
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
