/**
 * Serdes with a schema registry: Confluent's wire format and HTTP interface, for Avro, Protobuf and JSON Schema.
 *
 * @module @kstreams/registry
 */

export { RegistryError } from './registry-error.js';
export {
  type RegistryAuth,
  type RegistryOptions,
  type RegistrySerdeOptions,
  type SchemaRegistry,
  type SubjectStrategy,
  schemaRegistry,
  type WrittenSchema,
} from './schema-registry.js';
