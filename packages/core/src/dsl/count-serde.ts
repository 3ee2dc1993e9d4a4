import { SerdeError } from '../graph/errors.js';
import type { Serde } from '../graph/serde.js';

/** Counts as Kafka Streams writes them: a 64-bit big-endian number, here up to 2^53 - 1. */
export const countSerde: Serde<number> = {
  name: 'count',
  immutable: true,
  encode: (count) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, BigInt(count));
    return bytes;
  },
  decode: (bytes, { topic }) => {
    if (bytes.length !== 8) throw new SerdeError(`a count has 8 bytes, not ${bytes.length}`, { topic });
    return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0));
  },
};
