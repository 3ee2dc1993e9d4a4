/** Sums payments by account on a Kafka cluster, from one topic to another. */
import { type App, double, start, streams, string, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';

export const payments = topic('payments', { key: string, value: double });
export const spent = topic('spent', { key: string, value: double });

export const app = streams('spending');

app
  .stream(payments)
  .filter((amount) => amount > 0)
  .groupByKey()
  .reduce((sum, amount) => sum + amount, { name: 'spent-by-account' })
  .toStream()
  .to(spent);

/** Starts the application. Both topics must exist. The sums are restored from a changelog if the disk is lost. */
export const run = (brokers: string, folder = '.kstreams/spending'): Promise<App> =>
  start(app, { transport: kafka({ brokers }), folder, commitInterval: '1s' });

export const sample = [
  [payments, 'ann', 20, 0],
  [payments, 'bob', 5, 1],
  [payments, 'ann', -3, 2],
  [payments, 'ann', 10, 3],
] as const;
export const output = [spent];
