/**
 * Joins orders with their payments, and reports orders without a payment for half an hour. The report comes by the wall clock,
 * also when no later order arrives.
 */
import { json, streams, string, topic, within } from 'kstreams';

interface Order {
  readonly cents: number;
}
interface Payment {
  readonly method: string;
}
interface Paid extends Order {
  readonly method: string | undefined;
}

const orders = topic('orders', { key: string, value: json<Order>() });
const payments = topic('payments', { key: string, value: json<Payment>() });
export const paidOrders = topic('paid-orders', { key: string, value: json<Paid>() });
export const unpaidOrders = topic('unpaid-orders', { key: string, value: json<Order>() });

export const app = streams('payments');

const { paid, unpaid } = app
  .stream(orders)
  .leftJoin(
    app.stream(payments),
    // A payment may come before its order, and half an hour after it. Time passes without records, too.
    within({ before: '1m', after: '30m', wallClock: '1m' }),
    (order, payment): Paid => ({ ...order, method: payment?.method }),
    { name: 'payments-of-orders', value: json<Paid>() },
  )
  .split({ paid: (order) => order.method !== undefined }, { rest: 'unpaid' });

paid.to(paidOrders);
unpaid.mapValues(({ cents }): Order => ({ cents }), { value: unpaidOrders.value }).to(unpaidOrders);

const minute = 60_000;
export const sample = [
  [orders, 'o1', { cents: 1_000 }, 0],
  [payments, 'o2', { method: 'card' }, minute], // before its order
  [orders, 'o2', { cents: 2_000 }, 1.5 * minute],
  [orders, 'o3', { cents: 3_000 }, 2 * minute],
  [payments, 'o1', { method: 'bank' }, 20 * minute],
] as const;
export const output = [paidOrders, unpaidOrders];
