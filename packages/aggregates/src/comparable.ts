import { ByteReader, concatBytes, type Serde, SerdeError, toUtf8 } from '@kstreams/core/graph';
import { double, string } from '@kstreams/serde';

/** Values in an order: numbers and bigints by size, texts by their UTF-16 units. */
export type Comparable = number | bigint | string;

/**
 * Returns a value that can be compared.
 *
 * @throws TypeError for NaN, and for any other type. `by` names the aggregation.
 */
export const comparable = <N extends Comparable>(by: string, value: N): N => {
  const kind = typeof value;
  if (kind === 'bigint' || kind === 'string' || (kind === 'number' && !Number.isNaN(value))) return value;
  throw new TypeError(
    `the function of ${by} returned ${value === null ? 'null' : kind === 'number' ? 'NaN' : kind}: return a number, a bigint or a text`,
  );
};

const [isNumber, isBigint, isText] = [0, 1, 2];

/** The serde of numbers, bigints and texts: a byte for the type, then the value. */
export const comparableSerde: Serde<Comparable> = {
  name: 'comparable',
  roundTrip: (value, at) =>
    typeof value === 'string'
      ? (string.roundTrip?.(value, at) ?? value)
      : typeof value === 'number'
        ? (double.roundTrip?.(value, at) ?? value)
        : value,
  maxSize: (value) => (typeof value === 'number' ? 9 : 1 + 3 * String(value).length),
  encode: (value, at) => {
    if (typeof value === 'number') return concatBytes(Uint8Array.of(isNumber), double.encode(value, at));
    if (typeof value === 'bigint') return concatBytes(Uint8Array.of(isBigint), toUtf8(String(value)));
    return concatBytes(Uint8Array.of(isText), string.encode(value, at));
  },
  decode: (bytes, at) => {
    const reader = new ByteReader(bytes);
    if (bytes.length === 0) throw new SerdeError('a comparable value has at least one byte', { topic: at.topic });
    const kind = reader.uint(1);
    const rest = reader.take(bytes.length - 1);
    if (kind === isNumber) return double.decode(rest, at);
    const text = string.decode(rest, at);
    if (kind === isText) return text;
    if (kind === isBigint && /^-?\d+$/.test(text)) return BigInt(text);
    throw new SerdeError(`${kind} is not the type of a comparable value`, { topic: at.topic });
  },
};
