/**
 * A value as JSON with members in the order of their names, so that equal values are equal texts. Follows
 * `JSON.stringify` in `toJSON` and in leaving out undefined members, and throws where it would write something else than
 * was meant.
 */
export const canonical = (value: unknown): string => {
  if (isOrdered(value)) return JSON.stringify(value);
  return JSON.stringify(ordered(value));
};

/** True when the value can be written as it is: plain, members in order, nothing that JSON would lose. */
const isOrdered = (value: unknown): boolean => {
  if (typeof value !== 'object') return check(value);
  if (value === null) return true;
  if (Array.isArray(value)) return value.every(isOrdered);
  if ('toJSON' in value) return false;
  let last = '';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    if (name < last || !isOrdered(member)) return false;
    last = name;
  }
  return true;
};

const ordered = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) {
    check(value);
    return value;
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return ordered(value.toJSON());
  if (Array.isArray(value)) return value.map(ordered);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, ordered(member)]));
};

const check = (value: unknown): true => {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON cannot hold ${value}`);
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw new TypeError(`JSON cannot hold ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`);
  }
  return true;
};
