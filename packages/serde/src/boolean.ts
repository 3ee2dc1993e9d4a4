import type { Coordinates, Serde } from '@kstreams/core/graph';
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
  primitive: true,
  roundTrip: (value, at) => checked(value, at),
  maxSize: () => 1,
  encode: (value, at) => new Uint8Array([checked(value, at) ? 1 : 0]),
  decode: (bytes, at) => {
    checkLength('a boolean', bytes, 1, at);
    const [byte] = bytes;
    return byte === 0 || byte === 1 ? byte === 1 : fail(`a boolean is the byte 0 or 1, not ${byte}`, at);
  },
};

const checked = (value: boolean, at: Coordinates): boolean =>
  typeof value === 'boolean' ? value : fail(`expected a boolean, not ${describeValue(value)}`, at);
