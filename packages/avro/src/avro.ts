import {
  type Bytes,
  ConfigError,
  type Coordinates,
  checkOptions,
  messageOf,
  type OptionCheck,
  type OptionChecks,
  option,
  type PayloadDecoder,
  type RegistrySchema,
  type SchemaSerde,
  SerdeCache,
  SerdeError,
} from '@kstreams/core/graph';
import type avsc from 'avsc';
import type { AvroSchema, AvroType } from './avro-type.js';
import { SchemaReader, type ValueReader, type ValueWriter } from './avsc-types.js';
import type { LogicalTypes } from './logical-types.js';
import { ReadingTap } from './reading-tap.js';
import { WritingTap } from './writing-tap.js';

/** Options of {@link avro}. */
export interface AvroOptions<
  L extends 'number' | 'bigint' = 'number' | 'bigint',
  T extends LogicalTypes = LogicalTypes,
> {
  /** The type of longs. Default `'number'`, which refuses those beyond ±(2^53 − 1). */
  readonly long?: L;
  /** The logical types to convert, by name. Values of others are those of their underlying type, as Avro demands. */
  readonly logicalTypes?: T;
  /** The schema that the bytes were written with, when it is not the same. */
  readonly writer?: AvroSchema;
}

/**
 * Creates a serde of Avro's binary encoding. The type comes from the schema; `avro<Order>(schema)` gives it by hand. The
 * bytes hold no schema: for topics with several versions, take a schema registry, or name the `writer`.
 *
 * Unions are plain values; those with branches of the same JavaScript type, such as two records, are wrapped in an object
 * with the name of the branch. Bytes are plain `Uint8Array`s. Missing members take the default of their field, and members
 * that the schema does not have are left out. Calls with the same schema and options objects return the same serde.
 *
 * @throws ConfigError for an invalid schema, and for a `writer` whose values cannot be read. The serde throws a
 * `SerdeError` for values that do not fit the schema, with their path, and for malformed bytes.
 *
 * @example
 * const order = avro({
 *   type: 'record',
 *   name: 'Order',
 *   fields: [
 *     { name: 'id', type: 'string' },
 *     { name: 'cents', type: 'long' },
 *     { name: 'note', type: ['null', 'string'], default: null },
 *   ],
 * }) // SchemaSerde<{ readonly id: string; readonly cents: number; readonly note: string | null }>
 * const bytes = order.encode({ id: 'o-1', cents: 500, note: null }, { topic: 'orders', headers: [] }) // 7 bytes
 */
export function avro<
  const S extends AvroSchema,
  L extends 'number' | 'bigint' = 'number',
  T extends LogicalTypes = Record<never, never>,
>(schema: S, options?: AvroOptions<L, T>): SchemaSerde<AvroType<S, L extends 'bigint' ? bigint : number, T>>;
export function avro<T>(schema: AvroSchema, options?: AvroOptions): SchemaSerde<T>;
export function avro(schema: AvroSchema, options: AvroOptions = none): SchemaSerde<unknown> {
  return created.get([schema, options], () => createAvro(schema, options));
}

const anObject: OptionCheck = { takes: 'an object', accepts: (value) => typeof value === 'object' && value !== null };

const avroOptions: OptionChecks<AvroOptions> = {
  long: option.oneOf<'number' | 'bigint'>('number', 'bigint'),
  logicalTypes: { ...anObject, takes: 'logical types by name, such as { decimal: decimalText }' },
  writer: option.either(option.text, { ...anObject, takes: 'an Avro schema' }),
};

const created = new SerdeCache();
const none: AvroOptions = {};

const createAvro = (schema: AvroSchema, options: AvroOptions): SchemaSerde<unknown> => {
  checkOptions('avro', options, avroOptions);
  const { long = 'number', logicalTypes = {}, writer } = options;
  const type = configured(() => new SchemaReader(long, logicalTypes).read(schema));
  const payloadDecoder = ({ text, references = [] }: RegistrySchema): PayloadDecoder<unknown> => {
    // The type of longs is that of the reader; one that is read as a double is a number anyway.
    const reader = new SchemaReader('number');
    readReferences(reader, references);
    return decoder(type.createResolver(reader.read(parsed(text))) as ValueReader);
  };
  const encode = (value: unknown, at: Coordinates): Bytes => {
    try {
      if (value === null) throw new TypeError('null is never written: nullable writes it as Kafka’s null');
      return written(type as unknown as ValueWriter, value);
    } catch (thrown) {
      throw new SerdeError(reasonFor(type, value, thrown), { topic: at.topic }, thrown);
    }
  };
  return {
    name: 'avro',
    schema: { type: 'AVRO', text: JSON.stringify(schema) },
    recordName: type.name ?? type.typeName,
    encode,
    decode:
      writer === undefined
        ? decoder(type as unknown as ValueReader)
        : configured(() => payloadDecoder({ type: 'AVRO', text: JSON.stringify(writer) })),
    encodePayload: encode,
    payloadDecoder,
  };
};

let spare: WritingTap | undefined;

/** Returns the bytes of a value. A logical type may encode a part with another serde, so that a tap is in use only once. */
const written = (type: ValueWriter, value: unknown): Bytes => {
  const tap = spare ?? new WritingTap();
  spare = undefined;
  try {
    type._write(tap, value);
    return tap.take();
  } catch (thrown) {
    tap.drop();
    throw thrown;
  } finally {
    spare = tap;
  }
};

const configured = <R>(run: () => R): R => {
  try {
    return run();
  } catch (thrown) {
    throw new ConfigError(`the Avro schema cannot be used: ${messageOf(thrown)}`, thrown);
  }
};

const parsed = (text: string): AvroSchema => {
  try {
    return JSON.parse(text);
  } catch {
    // Some registries return a bare type name without quotes.
    return text;
  }
};

/** Reads the schemas that others refer to, the innermost first. */
const readReferences = (reader: SchemaReader, references: NonNullable<RegistrySchema['references']>): void => {
  for (const { schema } of references) {
    readReferences(reader, schema.references ?? []);
    reader.read(parsed(schema.text));
  }
};

const decoder =
  (reader: ValueReader): PayloadDecoder<unknown> =>
  (bytes, { topic }) => {
    try {
      const tap = new ReadingTap(bytes);
      const value = reader._read(tap);
      if (tap.rest > 0) throw new TypeError(`${tap.rest} bytes follow the value`);
      if (value === null) throw new TypeError('the bytes hold null: a record without a value has no bytes');
      return value;
    } catch (thrown) {
      throw new SerdeError(messageOf(thrown), { topic }, thrown);
    }
  };

/** Returns the reason with the path of the first part that does not fit. */
const reasonFor = (type: avsc.Type, value: unknown, thrown: unknown): string => {
  let reason: string | undefined;
  type.isValid(value, {
    errorHook: (path: readonly string[], part: unknown, expected: avsc.Type) => {
      reason ??= `${describe(part)} is not a valid ${expected}${path.length === 0 ? '' : ` at ${path.join('.')}`}`;
    },
  });
  return reason ?? messageOf(thrown);
};

const describe = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : typeof value === 'object' && value !== null
      ? 'an object'
      : String(value);
