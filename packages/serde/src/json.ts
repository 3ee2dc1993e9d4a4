import { type Bytes, fromUtf8, messageOf, type Serde, toUtf8 } from '@kstreams/core';
import { canonical } from './canonical.js';
import { refuse } from './failure.js';
import { type StandardSchema, validated } from './standard-schema.js';

/**
 * JSON. With a schema of zod, valibot or any other that follows Standard Schema, what is read and what is written is as
 * the schema makes it, and the type comes from the schema; without one, the type is the caller's word.
 *
 * Written in canonical form, so that equal values have equal bytes and may be keys. Values that JSON would lose are
 * refused: `undefined` (members that are undefined are left out), functions, NaN, infinities, bigints, maps, sets. The
 * bytes `null` are refused unless the serde is `nullable`: what is not there is written as no value at all.
 *
 * @example
 * const order = json<{ total: number }>()
 * const checked = json(z.object({ total: z.number().positive() })) // Serde<{ total: number }>
 */
export function json<T>(): Serde<T>;
export function json<Input, Output extends Input>(schema: StandardSchema<Input, Output>): Serde<NonNullable<Output>>;
export function json(schema?: StandardSchema): Serde<unknown> {
  const check = (value: unknown): unknown => (schema === undefined ? value : validated(schema, value));
  return {
    name: 'json',
    isNull,
    encode: (value, at) => {
      try {
        const checked = check(value);
        if (checked === null) throw new TypeError('null is not written as JSON but as no value at all');
        return toUtf8(canonical(checked));
      } catch (thrown) {
        return refuse(messageOf(thrown), at, thrown);
      }
    },
    decode: (bytes, at) => {
      try {
        const value: unknown = JSON.parse(fromUtf8(bytes));
        if (value === null) throw new TypeError('the bytes are `null`, which only nullable(json()) reads');
        const checked = check(value);
        if (checked === null || checked === undefined) throw new TypeError(`the schema made ${checked} of it`);
        return checked;
      } catch (thrown) {
        return refuse(messageOf(thrown), at, thrown);
      }
    },
  };
}

const [n, u, l] = [0x6e, 0x75, 0x6c];

/** The text `null`, with space around it or without. */
const isNull = (bytes: Bytes): boolean => {
  let from = 0;
  while (isSpace(bytes[from])) from++;
  if (bytes[from] !== n || bytes[from + 1] !== u || bytes[from + 2] !== l || bytes[from + 3] !== l) return false;
  return bytes.subarray(from + 4).every(isSpace);
};

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
