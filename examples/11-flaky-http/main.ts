/** Calls an unreliable service for each order, with retries and dead letters, in order per customer. */
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

/** Sends an order that failed three times to a dead-letter topic, as it was read. */
const toDeadLetters: OnError = () => ({ deadLetter: unpriced.name });

/** Returns the application that prices orders with the service at this URL. */
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
      {
        concurrency: 50,
        timeout: '2s',
        retry: { attempts: 3, backoff: '1s' },
        onError: toDeadLetters,
        value: priced.value,
      },
    )
    .to(priced);
  return app;
};

/** Decodes a dead letter. */
export const orderOf = (letter: Bytes): Order => orders.value.decode(letter, { topic: orders.name, headers: [] });
