/** Longs as numbers and as bigints, without loss. */
import avsc from 'avsc';
import type { ValueWriter } from './avsc-types.js';
import type { ReadingTap } from './reading-tap.js';
import type { WritingTap } from './writing-tap.js';

type Refuse = (value: unknown, type: avsc.Type) => void;

/** The smallest long that taps write as a number. avsc writes another value for each smaller one. */
const smallest = -(2 ** 52);

/** A long as a number of up to ±(2^53 − 1). */
class NumberLongType extends avsc.types.LongType {
  protected _check(value: unknown, _flags: unknown, refuse?: Refuse): boolean {
    const fits = Number.isSafeInteger(value);
    if (!fits) refuse?.(value, this);
    return fits;
  }

  protected _read(tap: ReadingTap): number {
    const value = tap.readLong();
    if (Number.isSafeInteger(value)) return value;
    throw new TypeError("a long is beyond ±(2^53 − 1): create the serde with { long: 'bigint' }");
  }

  protected _write(tap: WritingTap, value: unknown): void {
    if (!Number.isSafeInteger(value)) throw new TypeError(`${String(value)} is not a valid "long"`);
    if ((value as number) >= smallest) tap.writeLong(value as number);
    else (bigintLong as unknown as ValueWriter)._write(tap, BigInt(value as number));
  }
}

/** Longs as numbers. */
export const numberLong = new NumberLongType();

/** Longs as bigints. The tap returns bigints, but takes bytes, as that of avsc does for the default of a field. */
export const bigintLong = avsc.types.LongType.__with({
  fromBuffer: (value: bigint) => value,
  toBuffer: (value: bigint) => {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: (value: number | string) => BigInt(value),
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});
