import type { Serde } from '@kstreams/core/graph';
import { checkLength, describeValue, fail } from './errors.js';

/**
 * Booleans as one byte, 1 or 0, as Kafka's `BooleanSerializer` writes them.
 *
 * @throws SerdeError for other values, for other bytes, and for more or fewer than one byte.
 *
 * @example
 * const paid = topic('paid', { key: string, value: boolean }) // Topic<string, boolean>
 */
export const boolean: Serde<boolean> = {
  name: 'boolean',
  immutable: true,
  primitive: true,
  encode: (value, at) => {
    if (typeof value !== 'boolean') return fail(`expected a boolean, not ${describeValue(value)}`, at);
    return new Uint8Array([value ? 1 : 0]);
  },
  decode: (bytes, at) => {
    checkLength('a boolean', bytes, 1, at);
    const [byte] = bytes;
    return byte === 0 || byte === 1 ? byte === 1 : fail(`a boolean is the byte 0 or 1, not ${byte}`, at);
  },
};
