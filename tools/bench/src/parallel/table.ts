/**
 * Runs `npm run bench -- parallel [--filter text]`: the table of Confluent's parallel-consumer. 10,000 records of one
 * partition, each a sleep of 0 to 5 ms, at most 100 at a time; on the embedded log, and on the broker named by
 * KSTREAMS_KAFKA, there beside parallel-consumer. Measures each row beside the ideal of the same run: a plain pool with the
 * same sleeps. Measures the scheduler with instant calls first.
 */
import { parseArgs } from 'node:util';
import type { Transport } from '@kstreams/core';
import { embedded } from 'kstreams';
import { inOwnProcess } from '../own-process.js';
import { parallelConsumer } from './parallel-consumer.js';
import { type Case, runOn } from './run-on.js';
import { concurrency, pool } from './work.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: { filter: { type: 'string', default: '' } },
});

const cases: readonly Case[] = [
  { order: 'none', keys: 1_000 },
  ...[1_000, 100, 20, 10, 5, 2, 1].map((keys) => ({ order: 'key', keys }) as const),
  { order: 'partition', keys: 1_000 },
];

/** Returns the greatest number of calls in flight of a case. */
const placesOf = ({ keys, order }: Case): number =>
  order === 'partition' ? 1 : order === 'key' ? Math.min(keys, concurrency) : concurrency;

const logs: (readonly [string, Transport])[] = [['embedded', embedded()]];
const brokers = process.env.KSTREAMS_KAFKA;
const theirs = brokers ? parallelConsumer(brokers) : 'set KSTREAMS_KAFKA=host:port';
if (typeof theirs === 'string') console.log(`skipped: parallel-consumer: ${theirs}`);
if (brokers) logs.push(['kafka', (await import('kstreams/kafka')).kafka({ brokers })]);

const print = (...cells: readonly string[]): void =>
  console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(12) : cell.padStart(11))).join(''));
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

for (const name of ['async-stage-none', 'async-stage-key', 'async-task']) {
  const { byHand, kstreams, ratio } = await inOwnProcess(name, 7);
  const [ours, loop] = [kstreams, byHand].map(({ median }) => Math.round(median / 1_000).toLocaleString('en'));
  console.log(`${name.padEnd(18)}${ours} records/ms, a bare loop ${loop}, ratio ${ratio.median.toFixed(2)}`);
}

print('', 'order', 'keys', 'time', 'ideal', 'ratio');
for (const one of cases) {
  const title = `${one.order}-${one.keys}`;
  if (!title.includes(values.filter)) continue;
  const ideal = await pool(placesOf(one));
  const row = (name: string, length: number): void =>
    print(name, one.order, String(one.keys), seconds(length), seconds(ideal), (length / ideal).toFixed(2));
  for (const [log, transport] of logs) {
    const name = `parallel-${title}-${Date.now()}`;
    row(log, await runOn(transport, name, one));
    if (log === 'kafka' && typeof theirs === 'function') row('theirs', await theirs(transport, `${name}-theirs`, one));
  }
}
for (const [, transport] of logs) await transport.close();
