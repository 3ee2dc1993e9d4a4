import type { Bytes, Serde } from '@kstreams/core/graph';
import { inWords, refuse } from './failure.js';

/**
 * Bytes as they are, as Kafka's `ByteArraySerializer` writes them. Copied both ways, so that bytes that are changed
 * later change nothing that was read or written; what is read is a plain `Uint8Array`, also where a `Buffer` came in.
 */
export const bytes: Serde<Bytes> = {
  name: 'bytes',
  encode: (value, at) =>
    value instanceof Uint8Array ? new Uint8Array(value) : refuse(`expected a Uint8Array, not ${inWords(value)}`, at),
  decode: (value) => new Uint8Array(value),
};
