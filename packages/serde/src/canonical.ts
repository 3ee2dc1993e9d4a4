/**
 * JSON in its one canonical form (RFC 8785): no spaces, members in the order of their names, so that equal values are
 * equal texts. Follows `JSON.stringify` in `toJSON` and in leaving out undefined members, and throws where that would
 * write something else than was meant.
 */
export const canonical = (value: unknown): string => {
  path.length = 0;
  try {
    return write(value, '');
  } catch (thrown) {
    if (thrown instanceof Unwritable && path.length > 0) thrown.message += ` at ${inWords(path)}`;
    throw thrown;
  }
};

/** Where the writing is. What throws leaves it standing, so that the error can name the place. */
const path: (string | number)[] = [];
const deepest = 1000;

class Unwritable extends TypeError {}

const write = (value: unknown, name: string | number): string => {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return writeNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return 'toJSON' in value && typeof value.toJSON === 'function'
        ? writeConverted(value, value.toJSON(String(name)))
        : writeMembers(value);
    case 'undefined':
      throw new Unwritable('JSON cannot hold undefined');
    default:
      throw new Unwritable(`JSON cannot hold a ${typeof value}`);
  }
};

const writeNumber = (value: number): string => {
  if (Number.isFinite(value)) return `${value}`;
  throw new Unwritable(`JSON cannot hold ${value}`);
};

/** What `toJSON` made, which is not converted again. */
const writeConverted = (value: object, converted: unknown): string => {
  if (typeof converted === 'object' && converted !== null) return writeMembers(converted);
  if (value instanceof Date && converted === null) throw new Unwritable('JSON cannot hold an invalid date');
  return write(converted, '');
};

const writeMembers = (value: object): string => {
  if (path.length === deepest) throw new Unwritable(`the value is cyclic, or deeper than ${deepest} levels,`);
  return Array.isArray(value) ? writeArray(value) : writeObject(value as Readonly<Record<string, unknown>>);
};

const writeArray = (values: readonly unknown[]): string => {
  let text = '[';
  for (let i = 0; i < values.length; i++) {
    path.push(i);
    if (i > 0) text += ',';
    text += write(values[i], i);
    path.pop();
  }
  return `${text}]`;
};

const writeObject = (value: Readonly<Record<string, unknown>>): string => {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) checkContents(value);
  let text = '{';
  for (const name of sortedNames(value)) {
    const member = value[name];
    if (member === undefined) continue;
    path.push(name);
    if (text.length > 1) text += ',';
    text += nameText(name);
    text += write(member, name);
    path.pop();
  }
  return `${text}}`;
};

const sortedNames = (value: object): readonly string[] => {
  const names = Object.keys(value);
  for (let i = 1; i < names.length; i++) if ((names[i - 1] as string) > (names[i] as string)) return names.sort();
  return names;
};

/** Refuses the objects whose contents are not members: maps, sets, promises, patterns, errors, arrays of bytes. */
const checkContents = (value: object): void => {
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (kind !== 'Object') throw new Unwritable(`JSON cannot hold a ${kind}`);
};

/** Anything but what JSON writes as it is. */
const escapes = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

const quoted = (text: string): string => (escapes.test(text) ? JSON.stringify(text) : `"${text}"`);

/** Names as they are written. Few names come again and again; where they are many, the rest is not kept. */
const nameTexts = new Map<string, string>();
const mostNames = 1000;

const nameText = (name: string): string => {
  const kept = nameTexts.get(name);
  if (kept !== undefined) return kept;
  const text = `${quoted(name)}:`;
  if (nameTexts.size < mostNames) nameTexts.set(name, text);
  return text;
};

const inWords = (names: readonly (string | number)[]): string =>
  names.length > 8 ? `${names.slice(0, 8).join('.')}…` : names.join('.');
