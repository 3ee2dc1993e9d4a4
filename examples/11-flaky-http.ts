/** Asks a service for each order, which often fails: retries, dead letters, the order of each customer kept. */
import { type Bytes, bytes, json, type OnError, streams, string, topic } from 'kstreams';

interface Order {
  readonly id: string;
  readonly product: string;
}
interface Priced extends Order {
  readonly price: number;
}

export const orders = topic('orders', { key: string, value: json<Order>() });
export const priced = topic('priced-orders', { key: string, value: json<Priced>() });
export const unpriced = topic('unpriced-orders', { key: string, value: bytes });

/** What cannot be priced after three tries is put aside, as it was read. */
const putAside: OnError = () => ({ deadLetter: unpriced.name });

/** Prices orders with the service at this address. */
export const pricing = (service: string) => {
  const app = streams('pricing');
  app
    .stream(orders)
    .mapAsync(
      async (order, _, { signal }): Promise<Priced> => {
        const response = await fetch(`${service}/${order.product}`, { signal });
        if (!response.ok) throw new Error(`${order.product}: ${response.status}`);
        return { ...order, price: Number(await response.text()) };
      },
      { concurrency: 50, timeout: '2s', retry: { attempts: 3, backoff: '1s' }, onError: putAside, value: priced.value },
    )
    .to(priced);
  return app;
};

/** The bytes of an order that was put aside. */
export const orderOf = (aside: Bytes): Order => orders.value.decode(aside, { topic: orders.name, headers: [] });
