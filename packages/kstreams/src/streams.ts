import { Streams, type StreamsOptions } from '@kstreams/core';
import { byKey } from '@kstreams/joins';

/**
 * Begins an application. Streams meet tables by key unless a join says otherwise.
 *
 * @example
 * const shop = streams('shop')
 * shop.stream(orders).leftJoin(shop.table(customers), (order, customer) => customer?.name ?? 'unknown')
 */
export const streams = (name: string, options: StreamsOptions = {}): Streams =>
  new Streams(name, { joinCondition: byKey(), ...options });
