/** Formats typed JSON, the JSON of stores and records, as text. */

/** Returns a value as text in one line: `12n`, `Map(2) {…}`, bytes in hex. */
export const textOf = (json: unknown, longest = 200): string => cut(formatted(json), longest);

/** Returns the fields of an object side by side, and other values as {@link textOf}. */
export const lineOf = (json: unknown, longest = 200): string => {
  if (!isPlain(json)) return textOf(json, longest);
  const fields = Object.entries(json).map(([name, value]) => `${name} ${formatted(value)}`);
  return cut(fields.length === 0 ? '{}' : fields.join(' · '), longest);
};

/** Returns a value as text in several lines. */
export const pretty = (json: unknown): string =>
  typeof json === 'string' ? json : isPlain(json) || Array.isArray(json) ? indented(json, '') : formatted(json);

/** A key of a window store. */
export interface WindowJson {
  readonly key: unknown;
  readonly start: number;
  readonly end: number;
}

/** True for a key of a window store. */
export const isWindow = (json: unknown): json is WindowJson => {
  if (typeof json !== 'object' || json === null) return false;
  const { end, start } = json as Partial<WindowJson>;
  return 'key' in json && typeof start === 'number' && typeof end === 'number';
};

const cut = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text;

const isPlain = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && tagged(json) === undefined;

const tags: Readonly<Record<string, (content: unknown) => string>> = {
  $bigint: (text) => `${text}n`,
  $bytes: (encoded) => `0x${hexOf(String(encoded))}`,
  $date: (ms) => (ms === null ? 'Invalid Date' : new Date(Number(ms)).toISOString()),
  $map: (entries) =>
    `Map {${(entries as [unknown, unknown][]).map(([key, value]) => `${formatted(key)} → ${formatted(value)}`).join(', ')}}`,
  $set: (elements) => `Set {${(elements as unknown[]).map(formatted).join(', ')}}`,
  $number: String,
  $undefined: () => 'undefined',
  $object: (members) => `{${membersOf(members as object)}}`,
};

/** Returns the text of a `$` object; undefined for other values. */
const tagged = (json: object): string | undefined => {
  const [only, ...more] = Object.entries(json);
  if (only === undefined || more.length > 0 || !Object.hasOwn(tags, only[0])) return undefined;
  return tags[only[0]]?.(only[1]);
};

const formatted = (json: unknown): string => {
  if (typeof json === 'string') return json;
  if (typeof json !== 'object' || json === null) return String(json);
  if (Array.isArray(json)) return `[${json.map(nested).join(', ')}]`;
  return tagged(json) ?? `{${membersOf(json)}}`;
};

/** Returns the text of a value inside another one, in which texts have quotes. */
const nested = (json: unknown): string => (typeof json === 'string' ? JSON.stringify(json) : formatted(json));

const membersOf = (members: object): string =>
  Object.entries(members)
    .map(([name, value]) => `${name}: ${nested(value)}`)
    .join(', ');

const indented = (json: unknown, margin: string): string => {
  const deeper = `${margin}  `;
  const lines = Array.isArray(json)
    ? json.map((one) => indented(one, deeper))
    : isPlain(json)
      ? Object.entries(json).map(([name, value]) => `${name}: ${indented(value, deeper)}`)
      : undefined;
  if (lines === undefined) return nested(json);
  const [open, close] = Array.isArray(json) ? '[]' : '{}';
  return lines.length === 0
    ? `${open}${close}`
    : `${open}\n${lines.map((line) => `${deeper}${line}`).join(',\n')}\n${margin}${close}`;
};

const hexOf = (encoded: string): string =>
  Array.from(atob(encoded), (one) => one.charCodeAt(0).toString(16).padStart(2, '0')).join('');
