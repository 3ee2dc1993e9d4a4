/**
 * Runs `npm run bench -- parallel [--filter text]`: the table of Confluent's parallel-consumer. 10,000 records of one
 * partition, each a sleep of 0 to 5 ms, at most 100 at a time; on the embedded log, and on the broker named by
 * KSTREAMS_KAFKA. Measures each row beside the ideal of the same run: a plain pool with the same sleeps. Measures the
 * scheduler with instant calls first.
 */
import { parseArgs } from 'node:util';
import type { Transport } from '@kstreams/core';
import { embedded } from 'kstreams';
import { inOwnProcess } from '../own-process.js';
import { type Case, runOn } from './run-on.js';
import { concurrency, pool } from './work.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: { filter: { type: 'string', default: '' } },
});

/** The published times of parallel-consumer, in s. */
const theirs: readonly (readonly [Case, number])[] = [
  [{ order: 'none', keys: 1_000 }, 2.83],
  ...(
    [
      [1_000, 2.06],
      [100, 2.18],
      [20, 2.24],
      [10, 3.3],
      [5, 5.9],
      [2, 13.6],
      [1, 26.7],
    ] as const
  ).map(([keys, seconds]) => [{ order: 'key', keys } as const, seconds] as const),
  [{ order: 'partition', keys: 1_000 }, 22.2],
];

/** Returns the greatest number of calls in flight of a case. */
const placesOf = ({ keys, order }: Case): number =>
  order === 'partition' ? 1 : order === 'key' ? Math.min(keys, concurrency) : concurrency;

const logs: (readonly [string, Transport])[] = [['embedded', embedded()]];
const brokers = process.env.KSTREAMS_KAFKA;
if (brokers) logs.push(['kafka', (await import('kstreams/kafka')).kafka({ brokers })]);

const print = (...cells: readonly string[]): void =>
  console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(12) : cell.padStart(11))).join(''));
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

for (const name of ['async-stage-none', 'async-stage-key', 'async-task']) {
  const { byHand, kstreams, ratio } = await inOwnProcess(name, 7);
  const [ours, loop] = [kstreams, byHand].map(({ median }) => Math.round(median / 1_000).toLocaleString('en'));
  console.log(`${name.padEnd(18)}${ours} records/ms, a bare loop ${loop}, ratio ${ratio.median.toFixed(2)}`);
}

print('log', 'order', 'keys', 'kstreams', 'ideal', 'ratio', 'theirs');
for (const [one, published] of theirs) {
  const title = `${one.order}-${one.keys}`;
  if (!title.includes(values.filter)) continue;
  const ideal = await pool(placesOf(one));
  for (const [log, transport] of logs) {
    const length = await runOn(transport, `parallel-${title}-${Date.now()}`, one);
    print(
      log,
      one.order,
      String(one.keys),
      seconds(length),
      seconds(ideal),
      (length / ideal).toFixed(2),
      `${published} s`,
    );
  }
}
for (const [, transport] of logs) await transport.close();
