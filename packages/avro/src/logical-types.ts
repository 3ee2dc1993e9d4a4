import type { AvroSchema } from './avro-type.js';

/** Converts between the values of an Avro type and those of a logical type on top of it. */
export interface LogicalConversion<in out T> {
  /** Returns the value of a decoded value of the underlying type, such as a `Date` of a number. */
  readonly decode: (underlying: never) => T;
  /** Returns the value of the underlying type. Throws for a value of another type. */
  readonly encode: (value: T) => unknown;
}

/**
 * A logical type: its conversion, for the schema that names it, such as one with a `precision` and a `scale`.
 *
 * @example
 * const day: LogicalType<number> = () => ({ decode: (days: number) => days * 86_400_000, encode: (at) => at / 86_400_000 })
 */
export type LogicalType<T> = (schema: Exclude<AvroSchema, string | readonly AvroSchema[]>) => LogicalConversion<T>;

/** The conversion of a logical type with any values. */
export interface AnyConversion {
  readonly decode: (underlying: never) => unknown;
  readonly encode: (value: never) => unknown;
}

/** Logical types by the names in schemas. */
export type LogicalTypes = Readonly<Record<string, (schema: Parameters<LogicalType<unknown>>[0]) => AnyConversion>>;

/** `timestamp-millis` as a `Date`. */
export const timestampMillis: LogicalType<Date> = () => ({
  decode: (milliseconds: number | bigint) => new Date(Number(milliseconds)),
  encode: (date) => {
    const milliseconds = date instanceof Date ? date.getTime() : Number.NaN;
    if (Number.isNaN(milliseconds)) throw new TypeError(`${date} is not a valid Date`);
    return milliseconds;
  },
});

const dayLength = 86_400_000;

/** `date` as text, `'2024-02-29'`. */
export const dateText: LogicalType<string> = () => ({
  decode: (days: number) => new Date(days * dayLength).toISOString().slice(0, -'T00:00:00.000Z'.length),
  encode: (text) => {
    const milliseconds = typeof text === 'string' ? Date.parse(`${text}T00:00:00.000Z`) : Number.NaN;
    if (Number.isNaN(milliseconds)) throw new TypeError(`${text} is not a date such as '2024-02-29'`);
    return milliseconds / dayLength;
  },
});

/** `decimal` as text with all digits of its scale, `'12.50'`. */
export const decimalText: LogicalType<string> = ({ precision = 0, scale = 0 }) => ({
  decode: (bytes: Uint8Array) => toText(toBigInt(bytes), scale),
  encode: (text) => toBytes(toUnscaled(text, precision, scale)),
});

const toText = (unscaled: bigint, scale: number): string => {
  const digits = `${unscaled < 0n ? -unscaled : unscaled}`.padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
};

const toUnscaled = (text: string, precision: number, scale: number): bigint => {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (sign === undefined) throw new TypeError(`${JSON.stringify(text)} is not a decimal such as '12.50'`);
  const digits = whole.replace(/^0+/, '') + fraction.padEnd(scale, '0');
  if (fraction.length > scale || digits.length > precision) {
    throw new TypeError(`${text} does not fit a decimal of precision ${precision} and scale ${scale}`);
  }
  return BigInt(`${digits === '' ? '0' : digits}`) * (sign === '-' ? -1n : 1n);
};

/** Reads a big-endian two's complement number of any length. */
const toBigInt = (bytes: Uint8Array): bigint => {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
};

/** Returns the shortest big-endian two's complement bytes. */
const toBytes = (value: bigint): Uint8Array => {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length++;
  const bytes = new Uint8Array(length);
  for (let at = length - 1, rest = value; at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
};
