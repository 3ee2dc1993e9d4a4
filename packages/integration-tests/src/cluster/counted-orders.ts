/** The topology of the processes that serve queries. */
import { streams, string, topic } from 'kstreams';
import { topicsOf } from './shop.js';

/** Counts orders by customer. */
export const countedOrders = (name: string) => {
  const app = streams(name);
  const orders = app.stream(topic(topicsOf(name).orders, { key: string, value: string }));
  return { app, counts: orders.groupByKey().count({ name: 'counts' }) };
};
