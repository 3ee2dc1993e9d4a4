/** The topology and topics of the tests with several processes. */
import { int32, type Streams, streams, string, topic } from 'kstreams';

/** Returns the topic names of an application. */
export const topicsOf = (name: string) => ({
  customers: `${name}-customers`,
  orders: `${name}-orders`,
  named: `${name}-named`,
  counts: `${name}-counts`,
});

/** Joins each order with its customer, and counts orders by customer. */
export const shop = (name: string): Streams => {
  const { counts, customers, named, orders } = topicsOf(name);
  const app = streams(name);
  const joined = app
    .stream(topic(orders, { key: string, value: string }))
    .join(app.table(topic(customers, { key: string, value: string })), (order, customer) => `${order} of ${customer}`, {
      value: string,
    });
  joined.to(topic(named, { key: string, value: string }));
  joined
    .groupByKey()
    .count({ name: 'orders-by-customer' })
    .toStream()
    .to(topic(counts, { key: string, value: int32 }));
  return app;
};
