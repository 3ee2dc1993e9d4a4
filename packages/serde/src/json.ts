import { fromUtf8, messageOf, type Serde, toUtf8 } from '@kstreams/core';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { canonical } from './canonical.js';
import { refuse } from './failure.js';

/**
 * JSON. With a schema of zod, valibot or any other that follows Standard Schema, values are checked (and transformed) as
 * they are read and the type comes from the schema; without one, the type is the caller's word.
 *
 * Members are written in the order of their names, so that equal values have equal bytes and may be keys. Values that
 * JSON would lose are refused: `undefined`, functions, NaN, infinities, bigints. The bytes `null` are refused unless the
 * serde is `nullable`.
 *
 * @example
 * const order = json<{ total: number }>()
 * const checked = json(z.object({ total: z.number().positive() })) // Serde<{ total: number }>
 */
export function json<T>(): Serde<T>;
export function json<S extends StandardSchemaV1>(schema: S): Serde<StandardSchemaV1.InferOutput<S>>;
export function json(schema?: StandardSchemaV1): Serde<unknown> {
  return {
    name: 'json',
    encode: (value, at) => {
      try {
        return toUtf8(canonical(value));
      } catch (thrown) {
        return refuse('json', messageOf(thrown), at, thrown);
      }
    },
    decode: (bytes, at) => {
      let value: unknown;
      try {
        value = JSON.parse(fromUtf8(bytes));
      } catch (thrown) {
        return refuse('json', messageOf(thrown), at, thrown);
      }
      if (value === null)
        return refuse('json', 'the bytes are `null`: write no value at all, and use nullable(json())', at);
      if (schema === undefined) return value;
      const checked = schema['~standard'].validate(value);
      if (checked instanceof Promise)
        return refuse('json', 'the schema checks asynchronously, which a record cannot wait for', at);
      return checked.issues === undefined ? checked.value : refuse('json', describeIssues(checked.issues), at);
    },
  };
}

const describeIssues = (issues: readonly StandardSchemaV1.Issue[]): string =>
  issues
    .map(({ message, path }) => {
      const where = path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
      return where ? `${where}: ${message}` : message;
    })
    .join('; ');
