import { type Serde, SerdeCache } from '@kstreams/core/graph';

/**
 * Adds `null` to the values of a serde, written as Kafka's null. Other values are written by the serde. If the format has
 * its own null, as JSON does, that is read as `null` too.
 *
 * Calls with the same serde return the same object.
 *
 * On a stream, records with a null value go to the error policy unless the serde is nullable.
 *
 * @example
 * const readings = topic('readings', { key: string, value: nullable(double) }) // Topic<string, number | null>
 */
export const nullable = <T>(serde: Serde<T>): Serde<T | null> => {
  if (serde.nullable === true) return serde as Serde<T | null>;
  return created.get([serde], () => createNullable(serde));
};

const created = new SerdeCache();

const createNullable = <T>(serde: Serde<T>): Serde<T | null> => {
  const { decode, isNull, name } = serde;
  return {
    ...(serde as Serde<T | null>),
    name: `${name} | null`,
    nullable: true,
    decode: isNull === undefined ? decode : (bytes, at) => (isNull(bytes) ? null : decode(bytes, at)),
  };
};
