/// <reference lib="es2024.string" />
import { type Coordinates, fromUtf8, type Serde, toUtf8 } from '@kstreams/core/graph';
import { describeValue, fail } from './errors.js';

/**
 * Strings as UTF-8, as Kafka's `StringSerializer` writes them. A byte order mark is kept as a character.
 *
 * @throws SerdeError for values that are not strings, for strings with a lone surrogate, and for bytes that are not UTF-8.
 *
 * @example
 * const words = topic('words', { key: string, value: string }) // Topic<string, string>
 */
export const string: Serde<string> = {
  name: 'string',
  primitive: true,
  roundTrip: (text, at) => checked(text, at),
  maxSize: ({ length }) => 3 * length,
  encode: (text, at) => toUtf8(checked(text, at)),
  encodePrefix: (prefix, at) => toUtf8(checked(prefix as string, at)),
  decode: (bytes, at) => {
    try {
      return fromUtf8(bytes);
    } catch (thrown) {
      return fail('the bytes are not well-formed UTF-8', at, thrown);
    }
  },
};

const checked = (text: string, at: Coordinates): string => {
  if (typeof text !== 'string') return fail(`expected a string, not ${describeValue(text)}`, at);
  if (!text.isWellFormed()) return fail('the string has a lone surrogate, which UTF-8 cannot hold', at);
  return text;
};
