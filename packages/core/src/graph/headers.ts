import type { Bytes } from './bytes.js';
import type { RecordHeaders } from './record.js';
import { toUtf8 } from './utf8.js';

/** The value of a header: bytes, a text that is written as UTF-8, or null. */
export type HeaderValue = Bytes | string | null;

/**
 * Creates headers from names and values.
 *
 * @example
 * orders.setHeaders((now) => [...now, ...headers({ source: 'shop' })])
 */
export const headers = (values: Readonly<Record<string, HeaderValue>>): RecordHeaders =>
  Object.entries(values).map(([name, value]) => [name, bytesOf(value)] as const);

/** Returns the value of the last header of a name, which may be null, or `undefined` without one. */
export const headerOf = (all: RecordHeaders, name: string): Bytes | null | undefined => {
  for (let i = all.length - 1; i >= 0; i--) {
    const one = all[i] as RecordHeaders[number];
    if (one[0] === name) return one[1];
  }
  return undefined;
};

/** Returns the headers with one header of a name, which replaces all others of that name. */
export const withHeader = (all: RecordHeaders, name: string, value: HeaderValue): RecordHeaders => [
  ...withoutHeader(all, name),
  [name, bytesOf(value)],
];

/** Returns the headers without those of a name. */
export const withoutHeader = (all: RecordHeaders, name: string): RecordHeaders => all.filter((one) => one[0] !== name);

const bytesOf = (value: HeaderValue): Bytes | null => (typeof value === 'string' ? toUtf8(value) : value);
