import { type Bytes, fromUtf8, messageOf, type Serde, toUtf8 } from '@kstreams/core/graph';
import { canonical } from './canonical.js';
import { refuse } from './failure.js';
import { type StandardSchema, validated } from './standard-schema.js';

/** How values of earlier versions are read. */
export interface JsonOptions<in out Input> {
  /** What the schema takes, made of a value that it refuses; what it throws, or what is refused again, is the failure. */
  readonly upgrade?: (older: unknown) => Input;
}

/**
 * JSON. With a schema of zod, valibot or any other that follows Standard Schema, what is read and what is written is as
 * the schema makes it, and the type comes from the schema; without one, the type is the caller's word.
 *
 * Written in canonical form, so that equal values have equal bytes and may be keys. Values that JSON would lose are
 * refused: `undefined` (members that are undefined are left out), functions, NaN, infinities, bigints, maps, sets. The
 * bytes `null` are refused unless the serde is `nullable`: what is not there is written as no value at all.
 *
 * What the schema refuses of what is read is given to `upgrade`, if there is one: values that an earlier version of the
 * application wrote, in its topics and in its stores, become what the schema takes. What is written is never upgraded.
 *
 * @example
 * const order = json<{ total: number }>()
 * const checked = json(z.object({ total: z.number().positive() })) // Serde<{ total: number }>
 * const inCents = json(z.object({ cents: z.number() }), { upgrade: (older) => ({ cents: 100 * checkedV1.parse(older).total }) })
 */
export function json<T>(): Serde<T>;
export function json<Input, Output extends Input>(
  schema: StandardSchema<Input, Output>,
  options?: JsonOptions<NoInfer<Input>>,
): Serde<NonNullable<Output>>;
export function json(schema?: StandardSchema, { upgrade }: JsonOptions<unknown> = {}): Serde<unknown> {
  const check = (value: unknown): unknown => (schema === undefined ? value : validated(schema, value));
  const read = upgrade === undefined ? check : upgrading(check, upgrade);
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
        const checked = read(value);
        if (checked === null || checked === undefined) throw new TypeError(`the schema made ${checked} of it`);
        return checked;
      } catch (thrown) {
        return refuse(messageOf(thrown), at, thrown);
      }
    },
  };
}

/** Checks a value, or else what the upgrade makes of it; where neither holds, says of both why. */
const upgrading =
  (check: (value: unknown) => unknown, upgrade: (older: unknown) => unknown) =>
  (value: unknown): unknown => {
    try {
      return check(value);
    } catch (refused) {
      try {
        return check(upgrade(value));
      } catch (thrown) {
        throw new TypeError(`${messageOf(refused)}, and it could not be upgraded: ${messageOf(thrown)}`, {
          cause: thrown,
        });
      }
    }
  };

const [n, u, l] = [0x6e, 0x75, 0x6c];

/** The text `null`, with space around it or without. */
const isNull = (bytes: Bytes): boolean => {
  let from = 0;
  while (isSpace(bytes[from])) from++;
  if (bytes[from] !== n || bytes[from + 1] !== u || bytes[from + 2] !== l || bytes[from + 3] !== l) return false;
  return bytes.subarray(from + 4).every(isSpace);
};

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
