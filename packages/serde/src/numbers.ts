import type { Bytes, Coordinates, Serde } from '@kstreams/core/graph';
import { checkLength, describeValue, fail } from './errors.js';

/** Shared scratch memory: creating a view costs more than the rest of an encode or decode. */
const view = new DataView(new ArrayBuffer(8));

/** A number format of fixed length; `write` and `read` use the scratch memory. */
interface Layout<T> {
  readonly name: string;
  readonly length: 4 | 8;
  /** The accepted values, for error messages. */
  readonly range: string;
  readonly accepts: (value: T) => boolean;
  /** Returns the value that is read after a value is written, if they may differ. */
  readonly settle?: (value: T) => T;
  readonly write: (value: T) => void;
  readonly read: () => T;
  readonly primitive?: boolean;
}

const fixedLength = <T>(layout: Layout<T>): Serde<T> => {
  const { name, length, range, accepts, settle, write, read, primitive = true } = layout;
  const scratch: Bytes = new Uint8Array(view.buffer, 0, length);
  const check = (value: T, at: Coordinates): T =>
    accepts(value) ? value : fail(`${name} takes ${range}, not ${describeValue(value)}`, at);
  return {
    name,
    primitive,
    roundTrip: settle === undefined ? check : (value, at) => settle(check(value, at)),
    maxSize: () => length,
    encode: (value, at) => {
      write(check(value, at));
      return new Uint8Array(scratch);
    },
    decode: (bytes, at) => {
      checkLength(name, bytes, length, at);
      scratch.set(bytes);
      return read();
    },
  };
};

/** Creates a serde with a second, sortable form: its unsigned byte order is the order of the numbers. */
const withSortable = <T>(layout: Layout<T>, { write, read }: Pick<Layout<T>, 'write' | 'read'>): Serde<T> => ({
  ...fixedLength(layout),
  sortable: fixedLength({ ...layout, write, read }),
});

const signBit = 0x80000000;

const int32Layout: Layout<number> = {
  name: 'int32',
  length: 4,
  range: 'whole numbers from -2147483648 to 2147483647',
  accepts: (value) => typeof value === 'number' && value === (value | 0),
  settle: (value) => value | 0, // 0 for -0
  write: (value) => view.setInt32(0, value),
  read: () => view.getInt32(0),
};

/**
 * Whole numbers of 32 bits as 4 bytes, big-endian two's complement, as Kafka's `IntegerSerializer` writes them. `-0` is
 * written as 0.
 *
 * @throws SerdeError for fractions, for numbers beyond 32 bits, and for bytes of another length.
 *
 * @example
 * const stock = topic('stock', { key: string, value: int32 }) // Topic<string, number>
 */
export const int32: Serde<number> = withSortable(int32Layout, {
  write: (value) => view.setInt32(0, value ^ signBit),
  read: () => view.getInt32(0) ^ signBit,
});

const int64Layout: Layout<bigint> = {
  name: 'int64',
  length: 8,
  range: 'bigints from -2^63 to 2^63 - 1',
  accepts: (value) => typeof value === 'bigint' && value === BigInt.asIntN(64, value),
  write: (value) => view.setBigInt64(0, value),
  read: () => view.getBigInt64(0),
};

/** Inverts the sign bit of the eight scratch bytes. */
const invertSign = (): void => view.setInt32(0, view.getInt32(0) ^ signBit);

/**
 * Bigints of 64 bits as 8 bytes, big-endian two's complement, as Kafka's `LongSerializer` writes them. For counts as plain
 * numbers in the same bytes, use `countSerde`.
 *
 * @throws SerdeError for plain numbers, for bigints beyond 64 bits, and for bytes of another length.
 *
 * @example
 * const views = topic('views', { key: string, value: int64 }) // Topic<string, bigint>
 */
export const int64: Serde<bigint> = withSortable(int64Layout, {
  write: (value) => {
    view.setBigInt64(0, value);
    invertSign();
  },
  read: () => {
    invertSign();
    return view.getBigInt64(0);
  },
});

const doubleLayout: Layout<number> = {
  name: 'double',
  length: 8,
  range: 'numbers',
  // 0 and -0 are one key of a Map but have different bytes.
  primitive: false,
  accepts: (value) => typeof value === 'number',
  write: (value) => {
    view.setFloat64(0, value);
    // NaN has many encodings and engines may write any of them; this one is Java's.
    if (Number.isNaN(value)) view.setBigInt64(0, 0x7ff8000000000000n);
  },
  read: () => view.getFloat64(0),
};

/** Inverts all bits of the eight scratch bytes. */
const invertAll = (): void => {
  view.setInt32(0, ~view.getInt32(0));
  view.setInt32(4, ~view.getInt32(4));
};

/**
 * Numbers as 8 bytes, big-endian IEEE 754, as Kafka's `DoubleSerializer` writes them, with NaN, the infinities and -0.
 * They sort as in Java: -0 before 0, NaN last. As keys, 0 and -0 are different.
 *
 * @throws SerdeError for values that are not numbers, and for bytes of another length.
 *
 * @example
 * const readings = topic('readings', { key: string, value: double }) // Topic<string, number>
 */
export const double: Serde<number> = withSortable(doubleLayout, {
  write: (value) => {
    doubleLayout.write(value);
    if (view.getInt32(0) < 0) invertAll();
    else invertSign();
  },
  read: () => {
    if (view.getInt32(0) < 0) invertSign();
    else invertAll();
    return view.getFloat64(0);
  },
});
