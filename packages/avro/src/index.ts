/**
 * Apache Avro: a serde from a schema, with its type, evolution, logical types and longs as bigints.
 *
 * @module @kstreams/avro
 */

export { type AvroOptions, avro } from './avro.js';
export type { AvroSchema, AvroType } from './avro-type.js';
export {
  dateText,
  decimalText,
  type LogicalType,
  type LogicalTypes,
  timestampMillis,
} from './logical-types.js';
