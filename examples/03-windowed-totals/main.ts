/** Adds up sales per shop in windows of five minutes. Each total is written once, when its window closes. */
import { double, json, streams, string, topic, tumbling, windowed } from 'kstreams';

interface Sale {
  readonly shop: string;
  readonly amount: number;
}

const sales = topic('sales', { key: string, value: json<Sale>() });
export const totals = topic('totals', { key: windowed(string), value: double });

export const app = streams('sales');

app
  .stream(sales)
  .groupBy((sale) => sale.shop, { key: string })
  .window(tumbling('5m', { grace: '30s', emit: 'on-close' }))
  .aggregate(
    () => 0,
    (total, sale) => total + sale.amount,
    { name: 'totals-per-shop', value: double },
  )
  .toStream()
  .to(totals);

const minute = 60_000;

export const sample = [
  [sales, 's1', { shop: 'north', amount: 10 }, 0],
  [sales, 's2', { shop: 'south', amount: 5 }, minute],
  [sales, 's3', { shop: 'north', amount: 20 }, 5.2 * minute],
  [sales, 's4', { shop: 'north', amount: 7 }, 4.9 * minute], // late, within the grace
  [sales, 's5', { shop: 'south', amount: 1 }, 6 * minute], // closes the first window
  [sales, 's6', { shop: 'south', amount: 9 }, 2 * minute], // too late
] as const;
export const output = [totals];
