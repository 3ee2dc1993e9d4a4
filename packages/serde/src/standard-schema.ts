import { messageOf } from '@kstreams/core/graph';

/** The used part of Standard Schema (https://standardschema.dev), which zod, valibot, arktype and others implement. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The result of a validation: a value, or the issues of a refused one. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One reason for a refusal, with the path of the refused part. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * Returns the value as the schema converts it.
 *
 * @throws TypeError with all issues of a refused value, and for schemas that validate asynchronously.
 *
 * @example
 * const order = validated(z.object({ total: z.number() }), { total: 1 }) // { total: number }
 */
export const validated = <T>(schema: StandardSchema<unknown, T>, value: unknown): T => {
  const result = schema['~standard'].validate(value);
  if ('then' in result) {
    result.then(undefined, () => undefined);
    throw new TypeError('the schema validates asynchronously: make all its checks synchronous');
  }
  if (result.issues !== undefined) throw new TypeError(result.issues.map(formatIssue).join('; '));
  return result.value;
};

const formatIssue = ({ message, path = [] }: SchemaIssue): string => {
  const where = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return where === '' ? message : `${where}: ${message}`;
};

/** The checks of a serde with an optional schema: `check` for values to write, `read` for decoded ones. */
export interface SchemaChecks {
  readonly check: (value: unknown) => unknown;
  readonly read: (value: unknown) => unknown;
}

/**
 * Returns the checks of a schema. Each returns the value as the schema converts it, or the value itself without a schema.
 * `read` converts values that the schema refuses with `upgrade`. If that fails too, the error has both reasons.
 *
 * @example
 * const { read } = schemaChecks(z.object({ cents: z.number() }), (older) => ({ cents: 100 * Number(older) }))
 * read(1.5) // { cents: 150 }
 */
export const schemaChecks = (
  schema: StandardSchema | undefined,
  upgrade: ((older: unknown) => unknown) | undefined,
): SchemaChecks => {
  const check = (value: unknown): unknown => (schema === undefined ? value : validated(schema, value));
  if (upgrade === undefined) return { check, read: check };
  const read = (value: unknown): unknown => {
    try {
      return check(value);
    } catch (refused) {
      try {
        return check(upgrade(value));
      } catch (thrown) {
        throw new TypeError(`${messageOf(refused)}, and the upgrade failed: ${messageOf(thrown)}`, { cause: thrown });
      }
    }
  };
  return { check, read };
};
