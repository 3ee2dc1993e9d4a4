/** The stream of the type tests of windows. */

import { type GroupedStream, streams } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { json, string } from '@kstreams/serde';

/** An order of a customer. */
export interface Order {
  readonly customer: string;
  readonly total: number;
}

/** The topic of orders. */
export const orders = topic('orders', { key: string, value: json<Order>() });

/** Orders, grouped by their keys. */
export const grouped = (): GroupedStream<string, Order> => streams('shop').stream(orders).groupByKey();

/** The initial aggregate. */
export const zero = () => 0;
