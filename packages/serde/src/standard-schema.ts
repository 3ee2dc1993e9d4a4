/**
 * What zod, valibot, arktype and others implement (https://standardschema.dev), as far as a serde needs it.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The value that a schema made, or what was wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** What was wrong with a value, and where in it. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The value as the schema makes it; throws what was wrong with it. */
export const validated = <T>(schema: StandardSchema<unknown, T>, value: unknown): T => {
  const result = schema['~standard'].validate(value);
  if ('then' in result) {
    result.then(undefined, () => undefined);
    throw new TypeError(
      'the schema checks asynchronously, which a record cannot wait for: make its checks synchronous',
    );
  }
  if (result.issues !== undefined) throw new TypeError(result.issues.map(inOneLine).join('; '));
  return result.value;
};

const inOneLine = ({ message, path = [] }: SchemaIssue): string => {
  const where = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return where === '' ? message : `${where}: ${message}`;
};
