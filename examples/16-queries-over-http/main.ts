/**
 * Two processes on one Kafka cluster, each with the balances of some accounts. Any of them serves all accounts over HTTP, and
 * their changes as server-sent events; a client follows them through the first one.
 *
 *     KSTREAMS_KAFKA=$(.ci/kafka start) node --import ./tools/run/register.js examples/16-queries-over-http/main.ts
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { bearer, queryServer } from '@kstreams/query';
import { queryClient } from '@kstreams/query/client';
import {
  type App,
  double,
  fromAsyncIterable,
  memory,
  type StartOptions,
  start,
  streams,
  string,
  type Transport,
  topic,
} from 'kstreams';
import { kafka } from 'kstreams/kafka';

export const movements = topic('http-movements', { key: string, value: double });
export const app = streams('bank-over-http');

/** A named table keeps its rows in a store, which queries read. */
export const balances = app
  .stream(movements)
  .groupByKey()
  .reduce((balance, amount) => balance + amount, { name: 'balances' });

/** All processes and clients have the same token. */
const token = process.env.QUERY_TOKEN ?? 'a-token-for-this-example';

/** Starts one process, which publishes the address of its queries to the others. */
export const serve = (port: number, options: StartOptions): Promise<App> =>
  start(app, {
    state: memory(),
    ...options,
    endpoint: `http://127.0.0.1:${port}`,
    extensions: [queryServer({ authorize: bearer(token), port })],
  });

/** Follows the balances through one process, and returns them once they have the given sum. */
export const followUntil = async (port: number, sum: number): Promise<Record<string, number>> => {
  const live = queryClient(`http://127.0.0.1:${port}`, { token }).view(balances).live();
  await live.ready;
  const now = (): Record<string, number> => Object.fromEntries([...live].map(([key, { value }]) => [key, value]));
  const isReached = (): boolean => Object.values(now()).reduce((total, one) => total + one, 0) === sum;
  await new Promise<void>((resolve) => {
    if (isReached()) return resolve();
    live.changes$.subscribe(() => {
      if (isReached()) resolve();
    });
  });
  live.close();
  return now();
};

/** Writes some movements; they add up to 127. */
export const pay = async (transport: Transport): Promise<void> => {
  async function* entries() {
    for (const [key, value] of [
      ['ann', 100],
      ['bob', 50],
      ['ann', -30],
      ['anton', 7],
    ] as const)
      yield { key, value };
  }
  await fromAsyncIterable(entries(), movements, { transport });
};

const [, started, port] = process.argv;
if (started !== undefined && pathToFileURL(started).href === import.meta.url) {
  const transport = kafka({ brokers: process.env.KSTREAMS_KAFKA ?? 'localhost:9092' });
  if (port !== undefined) {
    const running = await serve(Number(port), { transport, signals: true });
    await running.running();
    process.send?.('running');
  } else {
    const admin = await transport.admin();
    await admin.create([{ name: movements.name, partitions: 4, config: {} }]);
    await admin.close();
    const children = ['7071', '7072'].map((one) => fork(new URL(import.meta.url), [one]));
    await Promise.all(children.map((child) => once(child, 'message')));
    await pay(transport);
    console.log(await followUntil(7_071, 127));
    for (const child of children) child.kill();
  }
}
