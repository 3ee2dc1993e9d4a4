/**
 * Runs `npm run bench -- queries [--rounds n] [--records n] [--keys n]`: an application that processes records as fast as it can
 * and commits each second, with and without 200 reads of keys per second and 100 subscribers, whose clients are in another process.
 * Prints the cost in throughput and in processor time per second of the load, and the times of the reads beside those of an empty
 * handler in the same process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { anyone, queries } from '@kstreams/query';
import { embedded, fromAsyncIterable, int32, memory, start, streams, topic } from 'kstreams';
import type { Load, LoadResult } from './load.js';
import { percentile } from './percentile.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    records: { type: 'string', default: '2000000' },
    keys: { type: 'string', default: '1000' },
  },
});
const [rounds, records, keys] = [values.rounds, values.records, values.keys].map(Number) as [number, number, number];
const quiet = { debug: () => {}, info: () => {}, warn: console.error, error: console.error };
const numbers = topic('numbers', { key: int32, value: int32 });

const transport = embedded();
const admin = await transport.admin();
await admin.create([{ name: numbers.name, partitions: 4, config: {} }]);
async function* entries() {
  for (let i = 0; i < records; i++) yield { key: i % keys, value: i };
}
await fromAsyncIterable(entries(), numbers, { transport });

/** The time and the processor time of a run, in s, and the result of its load. */
interface Run {
  readonly wall: number;
  readonly cpu: number;
  readonly load: LoadResult | undefined;
}

/** Begins the clients, and resolves once they are connected. */
const beginLoad = async (url: string) => {
  const load: Load = { url, store: 'counts', keys, subscribers: 100, rate: 200 };
  const child = fork(fileURLToPath(new URL('load.ts', import.meta.url)), [JSON.stringify(load)]);
  await once(child, 'message');
  return async (): Promise<LoadResult> => {
    child.send('end');
    const [result] = (await once(child, 'message')) as [LoadResult];
    return result;
  };
};

let runs = 0;

/** Counts all records by key, with or without clients. */
const run = async (loaded: boolean): Promise<Run> => {
  const app = streams(`queried-${runs++}`);
  app.stream(numbers).groupByKey().count({ name: 'counts' });
  const served = queries({ authorize: anyone });
  const server = createServer((request, response) => {
    if (request.url === '/empty') response.end();
    else served.handler(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const running = await start(app, {
    transport,
    state: memory(),
    commitInterval: '1s',
    logger: quiet,
    extensions: [served],
  });
  running.pause();
  await running.running();
  const end = loaded ? await beginLoad(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) : undefined;
  const done = running.counts.processed;
  const [begun, used] = [performance.now(), process.cpuUsage()];
  running.resume();
  while (running.counts.processed < records) await new Promise((resolve) => setTimeout(resolve, 1));
  const { system, user } = process.cpuUsage(used);
  const share = records / (records - done);
  const wall = (share * (performance.now() - begun)) / 1_000;
  const load = await end?.();
  await running.close();
  server.closeAllConnections();
  server.close();
  return { wall, cpu: (share * (system + user)) / 1e6, load };
};

const median = (some: readonly number[]): number => percentile(some, 0.5);

await run(true);
const costs: { readonly wall: number; readonly cpu: number }[] = [];
const above: number[] = [];
for (let round = 0; round < rounds; round++) {
  const loadedFirst = round % 2 === 1;
  const one = await run(loadedFirst);
  const other = await run(!loadedFirst);
  const [plain, loaded] = loadedFirst ? [other, one] : [one, other];
  const { empty, failures, get, megabytes } = loaded.load as LoadResult;
  const ms = (times: readonly number[]): string => times.map((time) => `${time.toFixed(1)} ms`).join(' / ');
  costs.push({ wall: 1 - plain.wall / loaded.wall, cpu: (loaded.cpu - plain.cpu) / loaded.wall });
  above.push(get[1] - empty[1]);
  console.log(
    `${plain.wall.toFixed(2)} s alone (CPU ${plain.cpu.toFixed(2)} s), ${loaded.wall.toFixed(2)} s with clients ` +
      `(CPU ${loaded.cpu.toFixed(2)} s); get ${ms(get)}, empty ${ms(empty)} (median / p99); ` +
      `${megabytes.toFixed(0)} MB to subscribers, ${failures} failures`,
  );
}
await transport.close();
const percent = (shares: readonly number[]): string => `${(100 * median(shares)).toFixed(1)} %`;
console.log(`throughput: ${percent(costs.map(({ wall }) => wall))} less, at most 15 % are allowed`);
console.log(`the load takes ${percent(costs.map(({ cpu }) => cpu))} of a core, which other programs disturb least`);
console.log(`p99 of a get: ${median(above).toFixed(1)} ms above an empty handler, at most 20 ms are allowed`);
process.exit();
