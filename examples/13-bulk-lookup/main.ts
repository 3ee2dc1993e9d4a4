/** Looks up the customer of each order in Redis: many with one MGET or, for comparison, each with a GET. */
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

/** Connects to the Redis at this `host:port`. */
export const connect = (address: string) =>
  createClient({ url: `redis://${address}` })
    .on('error', ({ message }: Error) => console.error(`redis: ${message}`))
    .connect();

/** A client of Redis. */
export type Redis = Awaited<ReturnType<typeof connect>>;

/** Returns the Redis key with the name of an order's customer. */
export const nameKey = ({ customer }: Pick<Order, 'customer'>): string => `kstreams-example:${customer}`;

/** Kinds of lookups. Each keeps the orders of a customer in order. */
export type Lookup = 'one by one' | 'side by side' | 'in batches';

/** Returns the application. An order without a name in Redis is a dead letter, and the rest of its batch continues. */
export const naming = (redis: Redis, lookup: Lookup = 'in batches') => {
  const toDeadLetters: OnError = () => ({ deadLetter: nameless.name });
  const outcome = { onError: toDeadLetters, value: named.value };
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

/** Decodes a dead letter. */
export const orderOf = (letter: Bytes): Order => orders.value.decode(letter, { topic: orders.name, headers: [] });
