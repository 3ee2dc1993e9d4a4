import type { Bytes, Coordinates, Serde } from '@kstreams/core/graph';
import { describeValue, fail } from './errors.js';

const copied = (value: unknown, at: Coordinates): Bytes =>
  value instanceof Uint8Array ? new Uint8Array(value) : fail(`expected a Uint8Array, not ${describeValue(value)}`, at);

/**
 * Bytes unchanged, as Kafka's `ByteArraySerializer` writes them. Both directions copy, so a later change of an array
 * affects no record. Decoded values are plain `Uint8Array`s, never `Buffer`s.
 *
 * @throws SerdeError for a value that is not a `Uint8Array`.
 *
 * @example
 * const images = topic('images', { key: string, value: bytes }) // Topic<string, Uint8Array>
 */
export const bytes: Serde<Bytes> = {
  name: 'bytes',
  encode: copied,
  encodePrefix: copied,
  decode: (value) => new Uint8Array(value),
};
