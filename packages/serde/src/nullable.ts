import type { Serde } from '@kstreams/core/graph';

/**
 * Lets Kafka's null be a value: `null` is written as null and read as `null`, everything else as by the serde. Where the
 * format has a null of its own, as JSON does, that is read as `null` too.
 *
 * @example
 * topic('readings', { key: string, value: nullable(double) }) // values are number | null
 */
export const nullable = <T>(serde: Serde<T>): Serde<T | null> => {
  if (serde.nullable === true) return serde as Serde<T | null>;
  const { decode, isNull, name } = serde;
  return {
    ...(serde as Serde<T | null>),
    name: `${name} | null`,
    nullable: true,
    decode: isNull === undefined ? decode : (bytes, at) => (isNull(bytes) ? null : decode(bytes, at)),
  };
};
