import type { Serde } from '@kstreams/core/graph';
import { checkLength, inWords, refuse } from './failure.js';

/** True and false as one byte, 1 and 0, as Kafka's `BooleanSerializer` writes them. */
export const boolean: Serde<boolean> = {
  name: 'boolean',
  immutable: true,
  primitive: true,
  encode: (value, at) => {
    if (typeof value !== 'boolean') return refuse(`expected a boolean, not ${inWords(value)}`, at);
    return new Uint8Array([value ? 1 : 0]);
  },
  decode: (bytes, at) => {
    checkLength('a boolean', bytes, 1, at);
    const [byte] = bytes;
    return byte === 0 || byte === 1 ? byte === 1 : refuse(`a boolean is the byte 0 or 1, not ${byte}`, at);
  },
};
