import {
  type Bytes,
  checkAbsent,
  checkOptions,
  checkValue,
  fromUtf8,
  messageOf,
  type OptionCheck,
  type OptionChecks,
  option,
  type Serde,
  SerdeCache,
  toUtf8,
} from '@kstreams/core/graph';
import { canonicalJson } from './canonical-json.js';
import { fail } from './errors.js';
import { checkIntegers } from './json-integers.js';
import { type StandardSchema, schemaChecks } from './standard-schema.js';

/** Options of {@link json} with a schema. */
export interface JsonOptions<in out Input> {
  /**
   * Converts a value that the schema refuses, such as one of an earlier application version, into one that it accepts.
   * Called only while decoding. If it throws, or the schema refuses its result too, decoding fails.
   */
  readonly upgrade?: (older: unknown) => Input;
}

const checks: OptionChecks<JsonOptions<unknown>> = { upgrade: option.fn };

const schemaCheck: OptionCheck = {
  takes: 'a schema of zod, valibot or any other Standard Schema',
  accepts: (value) =>
    (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value,
};

/**
 * Creates a serde of JSON in UTF-8. `json<T>()` is not checked at run time. With a schema of zod, valibot or any other
 * Standard Schema, values are validated and converted in both directions, and the type comes from the schema.
 *
 * The bytes are canonical (RFC 8785): equal values have equal bytes and can be keys. Members that are `undefined` are
 * left out, `-0` is written as `0`, and `toJSON` is called.
 *
 * With `upgrade`, values of earlier versions are converted while decoding, in topics and stores alike. Use it for values
 * only: keys of an earlier version have other bytes.
 *
 * An integer that a number would round, beyond 2^53, is refused.
 *
 * Calls with the same schema and `upgrade` return the same serde.
 *
 * @throws SerdeError for values that JSON would lose (NaN, infinities, `undefined`, functions, bigints, maps, sets, typed
 * arrays), for bytes that are not JSON, for JSON `null` unless the serde is `nullable`, and for values that the schema
 * refuses.
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
export function json(schema?: StandardSchema, options: JsonOptions<unknown> = {}): Serde<unknown> {
  if (schema !== undefined) checkValue('the schema of json', schema, schemaCheck);
  checkOptions('json', options, checks);
  const { upgrade } = options;
  if (schema === undefined) checkAbsent('option "upgrade" of json', upgrade, 'add the schema of current values');
  return created.get([schema, upgrade], () => createJson(schema, upgrade));
}

const created = new SerdeCache();

const createJson = (schema?: StandardSchema, upgrade?: (older: unknown) => unknown): Serde<unknown> => {
  const { check, read } = schemaChecks(schema, upgrade);
  return {
    name: 'json',
    isNull,
    encode: (value, at) => {
      try {
        const checked = check(value);
        if (checked === null) throw new TypeError('JSON null is never written: nullable writes null as Kafka’s null');
        return toUtf8(canonicalJson(checked));
      } catch (thrown) {
        return fail(messageOf(thrown), at, thrown);
      }
    },
    decode: (bytes, at) => {
      try {
        checkIntegers(bytes);
        const value: unknown = JSON.parse(fromUtf8(bytes));
        if (value === null) throw new TypeError('the bytes are JSON null: read them with nullable(json())');
        const checked = read(value);
        if (checked === null || checked === undefined) throw new TypeError(`the schema returned ${checked}`);
        return checked;
      } catch (thrown) {
        return fail(messageOf(thrown), at, thrown);
      }
    },
  };
};

const [n, u, l] = [0x6e, 0x75, 0x6c];

/** True for the text `null`, with or without whitespace around it. */
const isNull = (bytes: Bytes): boolean => {
  let from = 0;
  while (isSpace(bytes[from])) from++;
  if (bytes[from] !== n || bytes[from + 1] !== u || bytes[from + 2] !== l || bytes[from + 3] !== l) return false;
  return bytes.subarray(from + 4).every(isSpace);
};

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
