/**
 * Runs `npm run bench -- pauses [--keys n] [--records n]`: the longest pauses of the event loop, and the pauses of commits. Writes
 * records to a log in memory from a source that never waits, then counts them by key on a log and a state in Level, 1,000,000
 * keys unless set. The baseline is a loop of the same process that works 10 ms and yields: its pauses are those of the machine.
 */
import { parseArgs } from 'node:util';
import type { Attributes, Telemetry } from '@kstreams/core/graph';
import { level } from '@kstreams/level';
import { embedded, fromAsyncIterable, int32, start, streams, topic } from 'kstreams';
import { positiveInteger } from '../positive-integer.js';
import { percentile } from '../queries/percentile.js';
import { temporaryFolder } from '../temporary-folder.js';
import { EventLoopWatch, type Pause } from './event-loop-watch.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: { keys: { type: 'string', default: '1000000' }, records: { type: 'string', default: '1000000' } },
});
const keys = positiveInteger('keys', values.keys);
const records = positiveInteger('records', values.records);
const numbers = topic('numbers', { key: int32, value: int32 });
const quiet = { debug: () => {}, info: () => {}, warn: console.error, error: console.error };

async function* entries() {
  for (let i = 0; i < records; i++) yield { key: (i * 7_919) % keys, value: i };
}

const ms = (time: number): string => `${time.toFixed(time < 10 ? 1 : 0)} ms`;

/** Prints the longest pause, by the clock and by the processor time of the main thread. */
const print = (name: string, pauses: readonly Pause[]): void => {
  const longest = (of: 'wall' | 'cpu'): Pause => pauses.reduce((most, one) => (one[of] > most[of] ? one : most));
  const [wall, cpu] = [longest('wall'), longest('cpu')];
  const during = (pause: Pause): string => (pause.during === '' ? '' : `, in ${pause.during}`);
  const p99 = percentile(
    pauses.map((pause) => pause.wall),
    0.99,
  );
  console.log(
    `${name}: longest pause ${ms(wall.wall)}${during(wall)}; p99 ${ms(p99)}; ` +
      `longest by processor time ${ms(cpu.cpu)}${during(cpu)}`,
  );
};

const baseline = async (): Promise<void> => {
  const watch = new EventLoopWatch();
  for (let slice = 0; slice < 300; slice++) {
    const end = performance.now() + 10;
    while (performance.now() < end);
    await new Promise((resolve) => setImmediate(resolve));
  }
  print('baseline', watch.end());
};

/** Creates a log with the topic, and writes the records into it. */
const filledLog = async (name: string, folder?: string) => {
  const transport = embedded(folder === undefined ? {} : { folder });
  await (await transport.admin()).create([{ name: numbers.name, partitions: 4, config: {} }]);
  const watch = new EventLoopWatch();
  const begun = performance.now();
  await fromAsyncIterable(entries(), numbers, { transport });
  print(`write, ${name}, ${ms(performance.now() - begun)} in all`, watch.end());
  return transport;
};

/** Keeps the durations of commits in ms, and the time of the worker per activity in s. */
const commits: number[] = [];
const activities = new Map<string, () => number>();
const telemetry: Telemetry = {
  counter: (instrument, attributes: Attributes<string>, read) => {
    if (instrument.name === 'kstreams.worker.time') activities.set(String(attributes['kstreams.activity']), read);
    return () => {};
  },
  gauge: () => () => {},
  histogram: (instrument) => ({
    record: (value) => {
      if (instrument.name === 'kstreams.commit.duration') commits.push(value * 1_000);
    },
    remove: () => {},
  }),
};

/** Counts the records by key, and prints the pauses until the last one is processed. */
const count = async (transport: ReturnType<typeof embedded>, folder: string): Promise<void> => {
  const app = streams('pauses');
  app.stream(numbers).groupByKey().count({ name: 'counts' });
  const running = await start(app, { transport, folder, state: level(), telemetry, logger: quiet });
  running.pause();
  await running.running();
  const watch = new EventLoopWatch(() => new Map([...activities].map(([name, read]) => [name, read()])));
  const [begun, used] = [performance.now(), process.cpuUsage()];
  running.resume();
  while (running.counts.processed < records) await new Promise((resolve) => setTimeout(resolve, 1));
  const { system, user } = process.cpuUsage(used);
  const seconds = (performance.now() - begun) / 1_000;
  print('count', watch.end());
  const done = [...commits];
  await running.close();
  const rate = (time: number): string => Math.round(records / time).toLocaleString('en');
  console.log(
    `commits: ${done.length}; pause ${ms(percentile(done, 0.5))} median, ${ms(percentile(done, 0.99))} p99, ` +
      `${ms(Math.max(0, ...done))} longest; ${rate(seconds)} records/s, ${rate((system + user) / 1e6)} per CPU second; ` +
      `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
  );
};

const place = await temporaryFolder();
try {
  console.log(`${records.toLocaleString('en')} records of ${keys.toLocaleString('en')} keys, 4 partitions`);
  await baseline();
  const inMemory = await filledLog('log in memory');
  await inMemory.close();
  const transport = await filledLog('log in Level', `${place.path}/log`);
  await count(transport, `${place.path}/state`);
  await transport.close();
} finally {
  await place.remove();
}
process.exit();
