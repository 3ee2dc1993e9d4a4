import type { Bytes, Serde } from '@kstreams/core';
import { checkLength, refuse, viewOf } from './failure.js';

/** A number of a fixed length, big-endian, as Java's serializers write it. */
const fixed = <T>(
  name: string,
  length: number,
  fits: (value: T) => boolean,
  write: (view: DataView, value: T) => void,
  read: (view: DataView) => T,
): Serde<T> => ({
  name,
  immutable: true,
  encode: (value, at) => {
    if (!fits(value)) return refuse(name, `${String(value)} (${typeof value}) is not ${name}`, at);
    const bytes: Bytes = new Uint8Array(length);
    write(viewOf(bytes), value);
    return bytes;
  },
  decode: (bytes, at) => {
    checkLength(name, bytes, length, at);
    return read(viewOf(bytes));
  },
});

/** Whole numbers of 32 bits, as Kafka's `IntegerSerializer` writes them. */
export const int32: Serde<number> = fixed(
  'int32',
  4,
  (value) => Number.isInteger(value) && value === (value | 0),
  (view, value) => view.setInt32(0, value),
  (view) => view.getInt32(0),
);

/** Whole numbers of 64 bits as `bigint`, as Kafka's `LongSerializer` writes them. */
export const int64: Serde<bigint> = fixed(
  'int64',
  8,
  (value) => typeof value === 'bigint' && value === BigInt.asIntN(64, value),
  (view, value) => view.setBigInt64(0, value),
  (view) => view.getBigInt64(0),
);

/** Numbers as JavaScript has them, as Kafka's `DoubleSerializer` writes them; NaN and the infinities too. */
export const double: Serde<number> = fixed(
  'double',
  8,
  (value) => typeof value === 'number',
  (view, value) => view.setFloat64(0, value),
  (view) => view.getFloat64(0),
);
