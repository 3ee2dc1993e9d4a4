/**
 * Returns a value as canonical JSON (RFC 8785): no whitespace, members sorted by name, so that equal values have equal
 * texts. Like `JSON.stringify` it calls `toJSON` and leaves out undefined members.
 *
 * @throws TypeError with the path of a value that `JSON.stringify` would drop or change.
 */
export const canonicalJson = (value: unknown): string => {
  path.length = 0;
  try {
    return write(value, '');
  } catch (thrown) {
    if (thrown instanceof Unwritable && path.length > 0) thrown.message += ` at ${formatPath(path)}`;
    throw thrown;
  }
};

/** The path of the value being written. An error leaves it as it is, so that its message can name the path. */
const path: (string | number)[] = [];
const depthLimit = 1000;

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

/** Writes the result of `toJSON`, without another conversion. */
const writeConverted = (value: object, converted: unknown): string => {
  if (typeof converted === 'object' && converted !== null) return writeMembers(converted);
  if (value instanceof Date && converted === null) throw new Unwritable('JSON cannot hold an invalid date');
  return write(converted, '');
};

const writeMembers = (value: object): string => {
  if (path.length === depthLimit) throw new Unwritable(`the value is cyclic, or deeper than ${depthLimit} levels,`);
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

/** Refuses objects with contents that are no members: maps, sets, promises, regular expressions, errors, typed arrays. */
const checkContents = (value: object): void => {
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (kind !== 'Object') throw new Unwritable(`JSON cannot hold ${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`);
};

/** Matches characters that JSON escapes. */
const escapes = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

const quoted = (text: string): string => (escapes.test(text) ? JSON.stringify(text) : `"${text}"`);

/** A cache of encoded member names; full, it takes no more. */
const nameTexts = new Map<string, string>();
const nameLimit = 1000;

const nameText = (name: string): string => {
  const cached = nameTexts.get(name);
  if (cached !== undefined) return cached;
  const text = `${quoted(name)}:`;
  if (nameTexts.size < nameLimit) nameTexts.set(name, text);
  return text;
};

const formatPath = (names: readonly (string | number)[]): string =>
  names.length > 8 ? `${names.slice(0, 8).join('.')}…` : names.join('.');
