/** The indexes by which Confluent's wire format names a message within its file. */
import type { DescMessage } from '@bufbuild/protobuf';
import type { Bytes } from '@kstreams/core/graph';

/** Returns the index of a message among those of its file, or of its parents from the outermost to itself. */
export const indexesOf = (message: DescMessage): readonly number[] => {
  const { parent, file } = message;
  if (parent === undefined) return [file.messages.indexOf(message)];
  return [...indexesOf(parent), parent.nestedMessages.indexOf(message)];
};

/** Returns the number of indexes and the indexes as zigzag varints. The first message of a file is a single zero. */
export const encodeIndexes = (indexes: readonly number[]): Bytes => {
  if (indexes.length === 1 && indexes[0] === 0) return Uint8Array.of(0);
  return Uint8Array.from([indexes.length, ...indexes].flatMap(zigzag));
};

/** The most indexes that are read: more than any nesting of messages, so that malformed bytes end soon. */
const limit = 100;

/**
 * Reads the indexes at the start of a payload, also those of writers that do not shorten the first message.
 *
 * @throws TypeError for malformed bytes.
 */
export const readIndexes = (payload: Bytes): { readonly indexes: readonly number[]; readonly length: number } => {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = payload[at++];
      if (byte === undefined) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new TypeError('the message indexes are malformed');
  };
  const count = next();
  if (count < 0 || count > limit) throw new TypeError(`the payload has ${count} message indexes`);
  const indexes = count === 0 ? [0] : Array.from({ length: count }, next);
  if (indexes.some((index) => index < 0)) throw new TypeError(`the message indexes ${indexes.join(', ')} are negative`);
  return { indexes, length: at };
};

const zigzag = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
};
