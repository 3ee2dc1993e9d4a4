import type { Bytes, Serde } from '@kstreams/core/graph';
import { checkLength, inWords, refuse } from './failure.js';

/** Where a number is laid out as bytes; reused, since making a view costs more than all the rest. */
const view = new DataView(new ArrayBuffer(8));

interface Layout<T> {
  readonly name: string;
  readonly length: 4 | 8;
  readonly fits: (value: T) => boolean;
  readonly write: (value: T) => void;
  readonly read: () => T;
  readonly primitive?: boolean;
}

/** Numbers of a fixed length. */
const numbers = <T>({ name, length, fits, write, read, primitive = true }: Layout<T>): Serde<T> => {
  const laidOut: Bytes = new Uint8Array(view.buffer, 0, length);
  return {
    name,
    immutable: true,
    primitive,
    encode: (value, at) => {
      if (!fits(value)) return refuse(`${inWords(value)} does not fit ${name}`, at);
      write(value);
      return new Uint8Array(laidOut);
    },
    decode: (bytes, at) => {
      checkLength(name, bytes, length, at);
      laidOut.set(bytes);
      return read();
    },
  };
};

/** Adds the form whose bytes sort as its numbers do. */
const sorting = <T>(java: Layout<T>, { write, read }: Pick<Layout<T>, 'write' | 'read'>): Serde<T> => ({
  ...numbers(java),
  sortable: numbers({ ...java, write, read }),
});

const signBit = 0x80000000;

const int32Layout: Layout<number> = {
  name: 'int32',
  length: 4,
  fits: (value) => typeof value === 'number' && value === (value | 0),
  write: (value) => view.setInt32(0, value),
  read: () => view.getInt32(0),
};

/** Whole numbers of 32 bits, big-endian, as Kafka's `IntegerSerializer` writes them. */
export const int32: Serde<number> = sorting(int32Layout, {
  write: (value) => view.setInt32(0, value ^ signBit),
  read: () => view.getInt32(0) ^ signBit,
});

const int64Layout: Layout<bigint> = {
  name: 'int64',
  length: 8,
  fits: (value) => typeof value === 'bigint' && value === BigInt.asIntN(64, value),
  write: (value) => view.setBigInt64(0, value),
  read: () => view.getBigInt64(0),
};

/** Turns the sign bit of the eight bytes. */
const turnSign = (): void => view.setInt32(0, view.getInt32(0) ^ signBit);

/** Whole numbers of 64 bits as `bigint`, big-endian, as Kafka's `LongSerializer` writes them. */
export const int64: Serde<bigint> = sorting(int64Layout, {
  write: (value) => {
    view.setBigInt64(0, value);
    turnSign();
  },
  read: () => {
    turnSign();
    return view.getBigInt64(0);
  },
});

const doubleLayout: Layout<number> = {
  name: 'double',
  length: 8,
  // A Map takes 0 and -0 for one key; their bytes differ.
  primitive: false,
  fits: (value) => typeof value === 'number',
  write: (value) => {
    view.setFloat64(0, value);
    // There are many NaNs in bytes, and an engine may write any of them; Java writes this one.
    if (Number.isNaN(value)) view.setBigInt64(0, 0x7ff8000000000000n);
  },
  read: () => view.getFloat64(0),
};

/** Turns all bits. */
const turnAll = (): void => {
  view.setInt32(0, ~view.getInt32(0));
  view.setInt32(4, ~view.getInt32(4));
};

/**
 * Numbers as JavaScript has them, big-endian IEEE 754, as Kafka's `DoubleSerializer` writes them; NaN, the infinities and
 * -0 too. Sorted as Java does: -0 before 0, NaN after everything else.
 */
export const double: Serde<number> = sorting(doubleLayout, {
  write: (value) => {
    doubleLayout.write(value);
    if (view.getInt32(0) < 0) turnAll();
    else turnSign();
  },
  read: () => {
    if (view.getInt32(0) < 0) turnSign();
    else turnAll();
    return view.getFloat64(0);
  },
});
