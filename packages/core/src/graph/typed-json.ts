import { bytesToId, idToBytes, isBytes } from './bytes.js';

/** The deepest nesting of a value. */
const maxDepth = 500;

/**
 * Returns a value as one that JSON can hold. Values that JSON lacks become an object with one member: `$bigint`, `$bytes` in
 * base64, `$date` in ms, `$map`, `$set`, `$number` for NaN, infinities and -0, `$undefined` for elements. An object that has
 * that form already is wrapped in `$object`. Objects of other classes keep their `toJSON` form, or else their own members.
 *
 * @throws TypeError for a value that is nested deeper than 500 levels.
 *
 * @example
 * JSON.stringify(toTypedJson({ total: 12n })) // '{"total":{"$bigint":"12"}}'
 */
export const toTypedJson = (value: unknown): unknown => encoded(value, 0);

const encoded = (value: unknown, depth: number): unknown => {
  if (depth > maxDepth) throw new TypeError(`the value is nested deeper than ${maxDepth} levels`);
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? '-0' : `${value}` };
    case 'bigint':
      return { $bigint: value.toString() };
    case 'object':
      return value === null ? null : encodedObject(value, depth + 1);
    case 'string':
    case 'boolean':
      return value;
    default:
      return { $undefined: true };
  }
};

const encodedObject = (value: object, depth: number): unknown => {
  if (Array.isArray(value)) return value.map((element) => encoded(element, depth));
  if (isBytes(value)) return { $bytes: btoa(bytesToId(value)) };
  if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.getTime() };
  if (value instanceof Map) return { $map: [...value].map((entry) => encoded(entry, depth)) };
  if (value instanceof Set) return { $set: [...value].map((element) => encoded(element, depth)) };
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return encoded(toJSON.call(value, ''), depth);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined && typeof member !== 'function')
    .map(([name, member]) => [name, encoded(member, depth)] as const);
  const whole = Object.fromEntries(members);
  const [only] = members;
  return members.length === 1 && only !== undefined && Object.hasOwn(readers, only[0]) ? { $object: whole } : whole;
};

/**
 * Returns the value of a parsed JSON that {@link toTypedJson} made. Other JSON stays as it is.
 *
 * @throws TypeError for a malformed `$` object, and for JSON that is nested deeper than 500 levels.
 *
 * @example
 * fromTypedJson(JSON.parse('{"total":{"$bigint":"12"}}')) // { total: 12n }
 */
export const fromTypedJson = (json: unknown): unknown => decoded(json, 0);

const decoded = (json: unknown, depth: number): unknown => {
  if (depth > 2 * maxDepth) throw new TypeError(`the JSON is nested deeper than ${2 * maxDepth} levels`);
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map((element) => decoded(element, depth + 1));
  const members = Object.entries(json);
  const [only] = members;
  if (members.length === 1 && only !== undefined && Object.hasOwn(readers, only[0])) {
    const read = readers[only[0] as keyof typeof readers];
    return read(only[1], depth + 1) ?? malformed(only[0]);
  }
  return membersOf(members, depth);
};

const membersOf = (members: readonly (readonly [string, unknown])[], depth: number): object =>
  Object.fromEntries(members.map(([name, member]) => [name, decoded(member, depth + 1)]));

const malformed = (tag: string): undefined => {
  if (tag === '$undefined') return undefined;
  throw new TypeError(`the JSON has a malformed ${tag}`);
};

const numbers: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

/** The readers of `$` objects; undefined for a malformed one. */
const readers = {
  $bigint: (text: unknown) => (typeof text === 'string' && /^-?\d+$/.test(text) ? BigInt(text) : undefined),
  $bytes: (text: unknown) => (typeof text === 'string' ? bytesOf(text) : undefined),
  $date: (ms: unknown) => (ms === null || typeof ms === 'number' ? new Date(ms ?? Number.NaN) : undefined),
  $number: (text: unknown) => (typeof text === 'string' && Object.hasOwn(numbers, text) ? numbers[text] : undefined),
  $map: (entries: unknown, depth: number) =>
    Array.isArray(entries) && entries.every((entry) => Array.isArray(entry) && entry.length === 2)
      ? new Map(decoded(entries, depth) as [unknown, unknown][])
      : undefined,
  $set: (elements: unknown, depth: number) =>
    Array.isArray(elements) ? new Set(decoded(elements, depth) as unknown[]) : undefined,
  $undefined: () => undefined,
  $object: (members: unknown, depth: number) =>
    typeof members === 'object' && members !== null && !Array.isArray(members)
      ? membersOf(Object.entries(members), depth)
      : undefined,
} as const;

const bytesOf = (text: string): Uint8Array | undefined => {
  try {
    return idToBytes(atob(text));
  } catch (thrown) {
    if (thrown instanceof DOMException) return undefined;
    throw thrown;
  }
};
