/// <reference lib="es2024.string" />
import { fromUtf8, type Serde, toUtf8 } from '@kstreams/core/graph';
import { inWords, refuse } from './failure.js';

/**
 * Text as UTF-8, as Kafka's `StringSerializer` writes it. Refuses lone surrogates, which UTF-8 cannot hold, and bytes
 * that are not UTF-8; a byte order mark is text like any other.
 */
export const string: Serde<string> = {
  name: 'string',
  immutable: true,
  primitive: true,
  encode: (text, at) => {
    if (typeof text !== 'string') return refuse(`expected a string, not ${inWords(text)}`, at);
    if (!text.isWellFormed()) return refuse('the text has a lone surrogate, which UTF-8 cannot hold', at);
    return toUtf8(text);
  },
  decode: (bytes, at) => {
    try {
      return fromUtf8(bytes);
    } catch (thrown) {
      return refuse('the bytes are not well-formed UTF-8', at, thrown);
    }
  },
};
