/** An application for tests of the page: windows, calls and dead letters, on an embedded log. */
import { type App, embedded, json, memory, start, streams, string, type Transport, topic, tumbling } from 'kstreams';
import type { Extension } from 'kstreams/authors';

export interface Order {
  readonly customer: string;
  readonly total: number;
}

export const orders = topic('orders', { key: string, value: json<Order>() });

/** A running shop and the means to send it orders. */
export interface Shop {
  readonly running: App;
  readonly transport: Transport;
  send(orders: readonly (readonly [key: string, order: Order, timestamp: number])[]): Promise<void>;
  close(): Promise<void>;
}

const shopTopology = () => {
  const shop = streams('shop');
  const paid = shop.stream(orders).filter(({ total }) => total > 0);
  paid
    .map(
      (order, id) => {
        if (order.customer === '') throw new RangeError('an order has no customer');
        return [order.customer, { ...order, id }];
      },
      { key: string, value: json<Order & { id: string }>() },
    )
    .groupByKey()
    .aggregate(
      () => 0,
      (sum, { total }) => sum + total,
      { name: 'revenue', value: json<number>() },
    )
    .toStream()
    .to(topic('totals', { key: string, value: json<number>() }));
  paid.groupByKey().window(tumbling('1m')).count({ name: 'per-minute' });
  paid
    .mapAsync(async ({ total }) => total, { value: json<number>(), concurrency: 10, timeout: '2s' })
    .to(topic('shipped', { key: string, value: json<number>() }));
  return shop;
};

/** Starts a shop with extensions. */
export const openShop = async (extensions: readonly Extension[]): Promise<Shop> => {
  const transport = embedded();
  const running = await start(shopTopology(), {
    transport,
    state: memory(),
    commitInterval: '50ms',
    extensions,
    onError: ({ kind }) => (kind === 'processing' ? { deadLetter: 'orders-dead' } : 'fail'),
    deadLetters: ['orders-dead'],
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  await running.running();
  const producer = await transport.producer({ clientId: 'test' });
  const at = { topic: orders.name, headers: [] };
  return {
    running,
    transport,
    send: async (records) => {
      for (const [key, order, timestamp] of records) {
        const [keyBytes, value] = [orders.key.encode(key, at), orders.value.encode(order, at)];
        producer.send({ topic: orders.name, partition: 0, key: keyBytes, value, timestamp, headers: [] });
      }
      await producer.flush();
    },
    close: async () => {
      await producer.close();
      await running.close();
    },
  };
};
