import type { Serde } from '@kstreams/core';
import { checkLength, refuse } from './failure.js';

/** True and false as one byte, 1 and 0, as Kafka's `BooleanSerializer` writes them. */
export const boolean: Serde<boolean> = {
  name: 'boolean',
  immutable: true,
  encode: (value, at) =>
    typeof value === 'boolean'
      ? new Uint8Array([value ? 1 : 0])
      : refuse('boolean', `expected a boolean, got ${typeof value}`, at),
  decode: (bytes, at) => {
    checkLength('boolean', bytes, 1, at);
    const [byte] = bytes;
    return byte === 0 || byte === 1 ? byte === 1 : refuse('boolean', `expected the byte 0 or 1, got ${byte}`, at);
  },
};
