import { concatBytes } from '../graph/bytes.js';
import type { Serde } from '../graph/serde.js';
import { type Held, heldSerde } from './held-serde.js';

/** An update that waits, with what the row was before it began to wait. */
export interface Suppressed<V> extends Held<V> {
  readonly prior: V | undefined;
}

/** As bytes: whether there is a value from before, its length, that value, and what is held. */
export const suppressedSerde = <V>(value: Serde<V>): Serde<Suppressed<V>> => {
  const held = heldSerde(value);
  return {
    name: `suppressed ${value.name}`,
    encode: ({ prior, ...update }, at) => {
      const before = prior === undefined ? new Uint8Array() : value.encode(prior, at);
      const head = new Uint8Array(5);
      head[0] = prior === undefined ? 0 : 1;
      new DataView(head.buffer).setUint32(1, before.length);
      return concatBytes(head, before, held.encode(update, at));
    },
    decode: (bytes, at) => {
      const end = 5 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
      const prior = bytes[0] === 1 ? value.decode(bytes.subarray(5, end), at) : undefined;
      return { ...held.decode(bytes.subarray(end), at), prior };
    },
  };
};
