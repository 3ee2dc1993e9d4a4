/** Reports carts without a change for half an hour: one timer per key, reset by a change and cancelled by a payment. */
import { type Processor, record, streams, string, timers, topic } from 'kstreams';

const carts = topic('carts', { key: string, value: string });
export const forgotten = topic('forgotten-carts', { key: string, value: string });

const halfAnHour = 30 * 60_000;

/** One timer per customer, with the cart as payload. Timers are rows of a store and survive a restart. */
const abandonment = timers('abandonment', { key: string, value: string });

const watchCarts: Processor<string, string, string, string> = (context) => {
  const timer = context.timers(abandonment, (customer, at, cart) => context.forward(record(customer, cart, at)));
  return ({ key, value, timestamp }) => {
    if (value === 'paid') timer.cancel(key);
    else timer.set(key, timestamp + halfAnHour, value);
  };
};

export const app = streams('carts');

app
  .stream(carts)
  .process({ stores: [abandonment], processor: watchCarts }, { name: 'watch-carts', key: string, value: string })
  .to(forgotten);

const minute = 60_000;
export const sample = [
  [carts, 'ann', 'tea', 0],
  [carts, 'bob', 'jam', 5 * minute],
  [carts, 'ann', 'tea and bread', 20 * minute],
  [carts, 'cid', 'salt', 34 * minute],
  [carts, 'ann', 'paid', 40 * minute],
  [carts, 'dan', 'oil', 65 * minute],
] as const;
export const output = [forgotten];
