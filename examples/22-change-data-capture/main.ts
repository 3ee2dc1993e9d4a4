/**
 * Joins the rows of two tables of a database, read as changes that Debezium wrote, into one topic of whole invoices. An update or a
 * delete in either table changes the invoices that it is part of.
 */
import { by, json, nullable, streams, string, topic } from 'kstreams';

/** The value of a change: the row before and after it. Debezium also writes a tombstone after a delete. */
interface Change<Row> {
  readonly before: Row | null;
  readonly after: Row | null;
  readonly op: 'c' | 'u' | 'd' | 'r';
}
interface Customer {
  readonly id: number;
  readonly name: string;
}
interface Order {
  readonly id: number;
  readonly customer: number;
  readonly cents: number;
}
interface Invoice {
  readonly customer: string;
  readonly cents: number;
}
interface Key {
  readonly id: number;
}

const key = json<Key>();
export const customers = topic('shop.customers', { key, value: nullable(json<Change<Customer>>()) });
export const orders = topic('shop.orders', { key, value: nullable(json<Change<Order>>()) });
export const invoices = topic('invoices', { key: string, value: nullable(json<Invoice>()) });

export const app = streams('invoices');

/** Returns the row after a change under its id as a text, since the bytes of Debezium's keys may differ from those of a serde. */
const rowAfter = <Row>(change: Change<Row> | null, { id }: Key): [string, Row | null] => [
  String(id),
  change?.after ?? null,
];

const orderRows = app
  .stream(orders)
  .map(rowAfter, { key: string, value: nullable(json<Order>()) })
  .toTable({ name: 'orders' });
const customerRows = app
  .stream(customers)
  .map(rowAfter, { key: string, value: nullable(json<Customer>()) })
  .toTable({ name: 'customers' });

orderRows
  .join(
    customerRows,
    by((order) => String(order.customer)),
    (order, customer): Invoice => ({ customer: customer.name, cents: order.cents }),
    { name: 'invoices', value: json<Invoice>() },
  )
  .toStream()
  .to(invoices);

const ann = { id: 7, name: 'Ann' };
const first = { id: 1, customer: 7, cents: 300 };

export const sample = [
  [customers, { id: 7 }, { before: null, after: ann, op: 'r' }, 0],
  [orders, { id: 1 }, { before: null, after: first, op: 'c' }, 1],
  [customers, { id: 7 }, { before: ann, after: { ...ann, name: 'Anna' }, op: 'u' }, 2],
  [orders, { id: 1 }, { before: first, after: null, op: 'd' }, 3],
  [orders, { id: 1 }, null, 4], // the tombstone
] as const;
export const output = [invoices];
