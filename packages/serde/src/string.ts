import { type Bytes, fromUtf8, type Serde, toUtf8 } from '@kstreams/core';
import { refuse } from './failure.js';

/** Below this length a loop over ASCII beats the platform's decoder. */
const shortLength = 24;

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Text as UTF-8, as Kafka's `StringSerializer` writes it. Refuses lone surrogates and bytes that are not UTF-8. */
export const string: Serde<string> = {
  name: 'string',
  immutable: true,
  encode: (text, at) => {
    if (typeof text !== 'string') return refuse('string', `expected a string, got ${typeof text}`, at);
    if (loneSurrogate.test(text)) return refuse('string', 'the text has a lone surrogate, which UTF-8 cannot hold', at);
    return toUtf8(text);
  },
  decode: (bytes, at) => {
    const short = bytes.length <= shortLength ? ascii(bytes) : undefined;
    if (short !== undefined) return short;
    try {
      return fromUtf8(bytes);
    } catch (thrown) {
      return refuse('string', 'the bytes are not well-formed UTF-8', at, thrown);
    }
  },
};

/** The text of bytes that are all ASCII, else `undefined`. */
const ascii = (bytes: Bytes): string | undefined => {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
};
