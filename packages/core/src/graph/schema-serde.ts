import type { Bytes } from './bytes.js';
import type { Coordinates, Serde } from './serde.js';

/** A schema as a schema registry holds it. */
export interface RegistrySchema {
  readonly type: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly text: string;
  /** The schemas that this one imports, by the names that it uses. */
  readonly references?: readonly RegistryReference[];
}

/** A schema that another one imports under a name. */
export interface RegistryReference {
  readonly name: string;
  readonly schema: RegistrySchema;
}

/** Decodes the payload of a record, which is its bytes without the id of the schema. */
export type PayloadDecoder<out T> = (payload: Bytes, at: Coordinates) => T;

/**
 * A serde with a schema that a registry can hold. A schema registry frames its payload: it writes the id of the schema
 * before it, and decodes with the schema that the id stands for.
 */
export interface SchemaSerde<in out T> extends Serde<T> {
  readonly schema: RegistrySchema;
  /** The full name of the type, for subjects by record name. */
  readonly recordName: string;
  /** Returns the payload of a value. */
  readonly encodePayload: (value: T, at: Coordinates) => Bytes;
  /** Returns a decoder of payloads that were written with another schema. Throws when values of it cannot be read. */
  readonly payloadDecoder: (writer: RegistrySchema) => PayloadDecoder<T>;
}
