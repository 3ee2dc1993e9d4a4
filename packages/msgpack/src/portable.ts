/** The values that MessagePack holds without loss. */

/**
 * Returns a value as MessagePack holds it: without `undefined` members, and otherwise the same object.
 *
 * @throws TypeError with the path of a part that would be lost or changed.
 */
export const writable = (value: unknown, int64: 'number' | 'bigint'): unknown => {
  if (value === undefined || value === null) throw new TypeError(`MessagePack ${value} is never written`);
  return withPath(() => portable(value, int64, isContainer, 0));
};

/**
 * Checks a decoded value: no extension types but timestamps, and no 64-bit integers that a number cannot hold.
 *
 * @throws TypeError with the path of the refused part.
 */
export const checkDecoded = (value: unknown, int64: 'number' | 'bigint'): void => {
  if (value === undefined || value === null) {
    throw new TypeError('the bytes are nil: read them with nullable(msgpack())');
  }
  withPath(() => portable(value, int64, isPlain, 0));
};

/** A refused part, with its path from the inside out. */
class Refused extends TypeError {
  readonly path: (string | number)[] = [];
}

const withPath = <T>(run: () => T): T => {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.path.length > 0) {
      thrown.message += ` at ${thrown.path.reverse().join('.')}`;
    }
    throw thrown;
  }
};

const depthLimit = 500;

const portable = (
  value: unknown,
  int64: 'number' | 'bigint',
  isObject: (value: object) => boolean,
  depth: number,
): unknown => {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      if (int64 === 'bigint') return value;
      throw new Refused(`${value}n is a 64-bit integer: create the serde with { int64: 'bigint' }`);
    case 'object':
      break;
    default:
      throw new Refused(`MessagePack cannot hold ${value === undefined ? 'undefined' : `a ${typeof value}`}`);
  }
  if (value === null) return value;
  if (Object.getPrototypeOf(value) === Object.prototype && depth < depthLimit) {
    return portableMembers(value as Members, int64, isObject, depth + 1);
  }
  if (value instanceof Uint8Array) return value;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Refused('MessagePack cannot hold an invalid date');
    return value;
  }
  if (depth === depthLimit) throw new Refused(`the value is cyclic, or deeper than ${depthLimit} levels,`);
  if (Array.isArray(value)) return portableArray(value, int64, isObject, depth + 1);
  if (isObject(value)) return portableMembers(value as Members, int64, isObject, depth + 1);
  throw new Refused(`MessagePack cannot hold a ${value.constructor?.name ?? 'value of this type'}`);
};

type Members = Readonly<Record<string, unknown>>;

const portableArray = (
  values: readonly unknown[],
  int64: 'number' | 'bigint',
  isObject: (value: object) => boolean,
  depth: number,
): readonly unknown[] => {
  let copy: unknown[] | undefined;
  for (let i = 0; i < values.length; i++) {
    const element = values[i];
    if (isPrimitive(element)) continue;
    try {
      const kept = portable(element, int64, isObject, depth);
      if (kept === element) continue;
      copy ??= [...values];
      copy[i] = kept;
    } catch (thrown) {
      if (thrown instanceof Refused) thrown.path.push(i);
      throw thrown;
    }
  }
  return copy ?? values;
};

const portableMembers = (
  object: Members,
  int64: 'number' | 'bigint',
  isObject: (value: object) => boolean,
  depth: number,
): Members => {
  let copy: Record<string, unknown> | undefined;
  // Twice as fast as Object.keys. Inherited members are not written.
  for (const name in object) {
    const member = object[name];
    if (isPrimitive(member) && name !== '__proto__') continue;
    if (!Object.hasOwn(object, name)) continue;
    try {
      if (name === '__proto__') throw new Refused('MessagePack libraries rename this member');
      if (member === undefined) {
        copy ??= { ...object };
        delete copy[name];
        continue;
      }
      const kept = portable(member, int64, isObject, depth);
      if (kept === member) continue;
      copy ??= { ...object };
      copy[name] = kept;
    } catch (thrown) {
      if (thrown instanceof Refused) thrown.path.push(name);
      throw thrown;
    }
  }
  return copy ?? object;
};

const isPrimitive = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** True for objects of literals. */
const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** True for objects of literals and of classes, but not for maps, sets, promises, errors and other built-in types. */
const isContainer = (value: object): boolean =>
  isPlain(value) || Object.prototype.toString.call(value) === '[object Object]';
