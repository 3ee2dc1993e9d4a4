import { checkOptions, Streams, type StreamsOptions, streamsChecks } from '@kstreams/core';
import { byKey } from '@kstreams/joins';

/**
 * Creates an empty topology. Streams and tables are joined by key unless a join has another condition.
 *
 * @example
 * const shop = streams('shop')
 * shop.stream(orders).leftJoin(shop.table(customers), (order, customer) => customer?.name ?? 'unknown')
 */
export const streams = (name: string, options: StreamsOptions = {}): Streams => {
  checkOptions('streams', options, streamsChecks);
  return new Streams(name, { joinCondition: byKey(), ...options });
};
