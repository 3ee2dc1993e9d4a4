/** Names the customer of each order from Redis: many with one MGET, and for comparison with a GET for each. */
import { createClient } from '@redis/client';
import { type Bytes, bytes, json, type OnError, streams, string, topic } from 'kstreams';

interface Order {
  readonly customer: string;
  readonly total: number;
}
interface Named extends Order {
  readonly name: string;
}

export const orders = topic('orders', { key: string, value: json<Order>() });
export const named = topic('named-orders', { key: string, value: json<Named>() });
export const nameless = topic('nameless-orders', { key: string, value: bytes });

/** A client of the Redis at this `host:port`, connected. */
export const connect = (address: string) =>
  createClient({ url: `redis://${address}` })
    .on('error', ({ message }: Error) => console.error(`redis: ${message}`))
    .connect();

/** A client of Redis. */
export type Redis = Awaited<ReturnType<typeof connect>>;

/** Where Redis keeps the name of a customer. */
export const nameKey = ({ customer }: Pick<Order, 'customer'>): string => `kstreams-example:${customer}`;

/** How names are looked up; the orders of a customer stay in order in each way. */
export type Lookup = 'one by one' | 'side by side' | 'in batches';

/** Names orders. Those of customers that Redis does not know are put aside, without holding up the rest of their batch. */
export const naming = (redis: Redis, lookup: Lookup = 'in batches') => {
  const putAside: OnError = () => ({ deadLetter: nameless.name });
  const outcome = { onError: putAside, value: named.value };
  const unknown = ({ customer }: Order) => new Error(`Redis has no name for ${customer}`);

  const many = async (batch: readonly Order[]) => {
    const names = await redis.mGet(batch.map(nameKey));
    return batch.map((order, i) => {
      const name = names[i] ?? null;
      return name === null ? unknown(order) : { ...order, name };
    });
  };
  const one = async (order: Order) => {
    const name = await redis.get(nameKey(order));
    if (name === null) throw unknown(order);
    return { ...order, name };
  };

  const app = streams('naming');
  const from = app.stream(orders);
  const lookups = {
    'in batches': () => from.mapBatch(many, { ...outcome, maxSize: 500, maxWait: '5ms' }),
    'side by side': () => from.mapAsync(one, { ...outcome, concurrency: 100 }),
    'one by one': () => from.mapAsync(one, { ...outcome, order: 'partition' }),
  };
  lookups[lookup]().to(named);
  return app;
};

/** The bytes of an order that was put aside. */
export const orderOf = (aside: Bytes): Order => orders.value.decode(aside, { topic: orders.name, headers: [] });
