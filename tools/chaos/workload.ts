/** The application under chaos: clicks counted by page, and orders joined with payments. */
import { int32, json, type Streams, streams, string, topic, within } from 'kstreams';

/** A click on a page. */
export const clicks = topic('chaos-clicks', { key: string, value: string });
export const orders = topic('chaos-orders', { key: string, value: string });
export const payments = topic('chaos-payments', { key: string, value: string });
/** Every count of every page, in order. */
export const counts = topic('chaos-counts', { key: string, value: int32 });
/** Every order with its payment. */
export const pairs = topic('chaos-pairs', { key: string, value: json<readonly [order: string, payment: string]>() });

/** All topics, with their partition counts. */
export const topics = [clicks, orders, payments, counts, pairs];
export const partitions = 4;
/** The number of pages. */
export const pages = 12;

/** Returns the application. */
export const workload = (name: string): Streams => {
  const app = streams(name);
  app
    .stream(clicks)
    .groupBy((page) => page, { key: string, name: 'by-page' })
    .count({ name: 'by-page', value: int32 })
    .toStream()
    .to(counts);
  app
    .stream(orders)
    .join(app.stream(payments), within('1h'), (order, payment) => [order, payment] as const, {
      name: 'paid',
      value: pairs.value,
    })
    .to(pairs);
  return app;
};
