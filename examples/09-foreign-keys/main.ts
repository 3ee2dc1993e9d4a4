/** Joins two tables by a key in the rows of one: each order with its customer, updated when either changes. */
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
    by((order) => order.customer), // many orders may name one customer, in any partition
    (order, customer): Shipment => ({ to: customer?.city ?? 'unknown', total: order.total }),
    { name: 'with-customer', value: json<Shipment>() },
  )
  .toStream()
  .to(shipments);

export const sample = [
  [orders, 'o1', { customer: 'ann', total: 10 }, 0],
  [customers, 'ann', { city: 'Berlin' }, 1],
  [orders, 'o2', { customer: 'ann', total: 20 }, 2],
  [customers, 'ann', { city: 'Bonn' }, 3], // updates both orders
  [orders, 'o1', { customer: 'bob', total: 10 }, 4],
  [orders, 'o2', null, 5],
] as const;
export const output = [shipments];
