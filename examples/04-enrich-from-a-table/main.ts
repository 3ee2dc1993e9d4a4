/** Gives each order the name of its customer, from a table that follows the customers’ topic. */
import { json, streams, string, topic } from 'kstreams';

interface Order {
  readonly customer: string;
  readonly total: number;
}
interface Customer {
  readonly name: string;
}
interface Invoice extends Order {
  readonly name: string;
}

// Orders have the key of their customer, as the table does.
const orders = topic('orders', { key: string, value: json<Order>() });
const customers = topic('customers', { key: string, value: json<Customer>() });
export const invoices = topic('invoices', { key: string, value: json<Invoice>() });

export const app = streams('invoices');

app
  .stream(orders)
  .leftJoin(app.table(customers), (order, customer): Invoice => ({ ...order, name: customer?.name ?? 'unknown' }), {
    name: 'with-customer',
  })
  .to(invoices);

export const sample = [
  [customers, 'c1', { name: 'Ann' }, 0],
  [orders, 'c1', { customer: 'c1', total: 10 }, 1],
  [orders, 'c2', { customer: 'c2', total: 20 }, 2],
  [customers, 'c1', { name: 'Anna' }, 3],
  [customers, 'c2', { name: 'Bob' }, 4],
  [orders, 'c1', { customer: 'c1', total: 30 }, 5],
] as const;
export const output = [invoices];
