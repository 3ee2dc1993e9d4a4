/** JSON that is checked against a JSON Schema: a separate entry, so that a registry without it needs no `ajv`. */
import {
  type Bytes,
  ConfigError,
  type Coordinates,
  checkOptions,
  fromUtf8,
  messageOf,
  type OptionChecks,
  option,
  type SchemaSerde,
  SerdeCache,
  SerdeError,
  toUtf8,
} from '@kstreams/core/graph';
import { Ajv, type ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** Compiles JSON Schemas: the used part of an `Ajv` instance. */
export interface JsonSchemaValidator {
  compile(schema: object): JsonSchemaCheck;
}

/** A compiled schema. */
export interface JsonSchemaCheck {
  (value: unknown): unknown;
  readonly errors?: readonly Pick<ErrorObject, 'instancePath' | 'message'>[] | null;
}

/** Options of {@link jsonSchema}. */
export interface JsonSchemaOptions {
  /** A custom `Ajv` instance, with formats and keywords. Default one of the schema's draft, 7 or 2020-12. */
  readonly ajv?: JsonSchemaValidator;
}

/**
 * Creates a serde of JSON that is checked against a JSON Schema in both directions, for a schema registry. Without a
 * registry, `json(schema)` does the same with a schema that also gives the type.
 *
 * @throws ConfigError for an invalid schema. The serde throws a `SerdeError` for values that the schema refuses, with their
 * path, and for bytes that are not JSON.
 *
 * @example
 * const order = jsonSchema<{ id: string }>({
 *   type: 'object', title: 'Order', properties: { id: { type: 'string' } }, required: ['id'],
 * })
 */
export const jsonSchema = <T>(schema: object, options: JsonSchemaOptions = none): SchemaSerde<T> =>
  created.get([schema, options], () => createJsonSchema(schema, options)) as SchemaSerde<T>;

const created = new SerdeCache();
const none: JsonSchemaOptions = {};

const jsonSchemaOptions: OptionChecks<JsonSchemaOptions> = { ajv: option.having('an Ajv instance', 'compile') };

const createJsonSchema = (schema: object, options: JsonSchemaOptions): SchemaSerde<unknown> => {
  checkOptions('jsonSchema', options, jsonSchemaOptions);
  const { ajv = ajvFor(schema) } = options;
  const validate = compiled(ajv, schema);
  const check = (value: unknown): void => {
    if (value === null) throw new TypeError('JSON null is never written: nullable writes null as Kafka’s null');
    if (validate(value) === true) return;
    const [{ instancePath = '', message = 'is refused' } = {}] = validate.errors ?? [];
    throw new TypeError(instancePath === '' ? `the value ${message}` : `${instancePath} ${message}`);
  };
  const encode = (value: unknown, at: Coordinates): Bytes =>
    guarded(at, () => {
      check(value);
      return toUtf8(JSON.stringify(value));
    });
  const decode = (bytes: Bytes, at: Coordinates): unknown =>
    guarded(at, () => {
      const value: unknown = JSON.parse(fromUtf8(bytes));
      if (value === null) throw new TypeError('the bytes are JSON null: read them with nullable(jsonSchema(…))');
      check(value);
      return value;
    });
  return {
    name: 'json-schema',
    isNull: (bytes) => fromUtf8(bytes).trim() === 'null',
    schema: { type: 'JSON', text: JSON.stringify(schema) },
    recordName: 'title' in schema ? String(schema.title) : 'JsonSchema',
    encode,
    decode,
    encodePayload: encode,
    // JSON describes itself: the schema of the reader decides.
    payloadDecoder: () => decode,
  };
};

const ajvFor = (schema: object): JsonSchemaValidator =>
  '$schema' in schema && String(schema.$schema).includes('2020-12') ? new Ajv2020(settings) : new Ajv(settings);

/** Formats need a separate package: unknown ones are refused while compiling, never ignored. */
const settings = { strict: true, allowUnionTypes: true };

const compiled = (ajv: JsonSchemaValidator, schema: object): JsonSchemaCheck => {
  try {
    return ajv.compile(schema);
  } catch (thrown) {
    throw new ConfigError(`the JSON Schema cannot be used: ${messageOf(thrown)}`, thrown);
  }
};

const guarded = <R>({ topic }: Coordinates, run: () => R): R => {
  try {
    return run();
  } catch (thrown) {
    throw new SerdeError(messageOf(thrown), { topic }, thrown);
  }
};
