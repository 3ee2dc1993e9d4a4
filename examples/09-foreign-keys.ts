/** Keeps each order together with its customer, whichever of the two changes: two tables, joined by a key in the order. */
import { by, json, streams, string, topic } from 'kstreams';

interface Order {
  readonly customer: string;
  readonly total: number;
}
interface Customer {
  readonly city: string;
}
interface Shipment {
  readonly to: string;
  readonly total: number;
}

const orders = topic('orders', { key: string, value: json<Order>() });
const customers = topic('customers', { key: string, value: json<Customer>() });
export const shipments = topic('shipments', { key: string, value: json<Shipment>() });

export const app = streams('shipments');

app
  .table(orders, { name: 'orders' })
  .leftJoin(
    app.table(customers, { name: 'customers' }),
    by((order) => order.customer), // many orders may name one customer, in whichever partition that is
    (order, customer): Shipment => ({ to: customer?.city ?? 'unknown', total: order.total }),
    { name: 'with-customer', value: json<Shipment>() },
  )
  .toStream()
  .to(shipments);

export const sample = [
  [orders, 'o1', { customer: 'ann', total: 10 }, 0],
  [customers, 'ann', { city: 'Berlin' }, 1],
  [orders, 'o2', { customer: 'ann', total: 20 }, 2],
  [customers, 'ann', { city: 'Bonn' }, 3], // both orders move with her
  [orders, 'o1', { customer: 'bob', total: 10 }, 4],
  [orders, 'o2', null, 5],
] as const;
export const output = [shipments];
