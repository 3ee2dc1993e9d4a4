import type { Serde } from '@kstreams/core';

/**
 * Lets Kafka's null be a value: `null` is written as null and read as `null`, everything else as by the serde.
 *
 * @example
 * topic('readings', { key: string, value: nullable(double) }) // values are number | null
 */
export const nullable = <T>(serde: Serde<T>): Serde<T | null> => ({
  ...serde,
  name: `${serde.name} | null`,
  nullable: true,
  encode: serde.encode as Serde<T | null>['encode'],
});
