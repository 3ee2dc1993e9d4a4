import { ByteReader, type Bytes } from '@kstreams/core/graph';

/**
 * Returns the bytes that Snappy has compressed: their length, then literals and copies of earlier bytes, by the lowest two
 * bits of a tag.
 *
 * @throws RangeError for bytes that are not compressed ones.
 */
export const uncompress = (compressed: Bytes): Bytes => {
  const reader = new ByteReader(compressed);
  const length = reader.varint();
  if (length > maxLength) throw new RangeError(`${length} bytes are no block`);
  const bytes = new Uint8Array(length);
  let end = 0;
  while (!reader.done) {
    const tag = reader.uint(1);
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >>> 2;
      const literal = reader.take(1 + (short < 60 ? short : reader.uint(short - 59)));
      bytes.set(literal, end);
      end += literal.length;
      continue;
    }
    const count = kind === 1 ? 4 + ((tag >>> 2) & 7) : 1 + (tag >>> 2);
    const distance = kind === 1 ? ((tag >>> 5) << 8) | reader.uint(1) : reader.uint(kind === 2 ? 2 : 4);
    if (distance === 0 || distance > end || end + count > length) throw new RangeError('a copy is out of range');
    // Byte by byte: a copy may overlap its source.
    for (const to = end + count; end < to; end++) bytes[end] = bytes[end - distance] as number;
  }
  if (end !== length) throw new RangeError(`${end} of ${length} bytes`);
  return bytes;
};

/** The longest block that is uncompressed, in bytes. LevelDB has blocks of 4 KiB, or of one long value. */
const maxLength = 2 ** 30;
