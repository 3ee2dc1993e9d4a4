/**
 * Runs `npm run bench -- level-restart [--keys n]`: a count by key on Level and the embedded log, with 1,000,000 keys unless set. Prints
 * the cost to count a record of each key; to read the changelog with a bare consumer, three times; to restore the rows on an
 * empty disk, three times; and to start with all rows on disk, up to the first result.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { embedded } from '@kstreams/embedded';
import { level, levelLog } from '@kstreams/level';
import { int32, start, streams, string, toAsyncIterable, topic } from 'kstreams';
import { noBytes, toUtf8 } from 'kstreams/authors';
import { type Cost, measure, shown } from '../cost.js';
import { beginPeak, peakMemory } from '../peak-memory.js';
import { positiveInteger } from '../positive-integer.js';
import { temporaryFolder } from '../temporary-folder.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: { keys: { type: 'string', default: '1000000' } },
});
const keys = positiveInteger('keys', values.keys);
const trials = 3;
const sendLength = 10_000;
const pollLength = 5_000;

const input = topic('visits', { key: string, value: string });
const results = topic('results', { key: string, value: int32 });
const app = streams('restart');
app
  .stream(input)
  .groupByKey()
  .count({ name: 'visits' })
  .toStream()
  .filter((_, key) => key.startsWith('marker'))
  .to(results);
const changelog = { topic: 'restart-visits-changelog', partition: 0 };

const place = await temporaryFolder();
const transport = embedded({ storage: levelLog(join(place.path, 'log')) });
const producer = await transport.producer({ clientId: 'bench' });
const send = (key: string): void =>
  producer.send({
    topic: input.name,
    partition: 0,
    key: toUtf8(key),
    value: noBytes,
    timestamp: Date.now(),
    headers: [],
  });

/** Starts the application on a disk, up to the result of a marker, and closes it. Returns the costs of both its parts. */
const run = async (
  disk: string,
  marker: string,
): Promise<{ readonly restore: Cost | undefined; readonly whole: Cost }> => {
  send(marker);
  await producer.flush();
  globalThis.gc?.();
  beginPeak();
  const whole = measure();
  let restoring: (() => Cost) | undefined;
  let restore: Cost | undefined;
  const running = await start(app, {
    transport,
    state: level(),
    folder: join(place.path, disk),
    commitInterval: 1_000,
  });
  const watched = running.events$.subscribe(({ kind }) => {
    if (kind === 'restore-started') restoring = measure();
    if (kind === 'restore-ended') restore = restoring?.();
  });
  for await (const { key } of toAsyncIterable(results, { transport, from: 'earliest' })) if (key === marker) break;
  const found = { restore, whole: whole() };
  watched.unsubscribe();
  await running.close();
  return found;
};

/** Reads the changelog to its end. */
const consume = async (): Promise<Cost> => {
  globalThis.gc?.();
  beginPeak();
  const consumer = await transport.consumer({ clientId: 'bench' });
  const [end = 0] = await consumer.offsets([changelog], 'latest-written');
  const cost = measure();
  consumer.assign([{ ...changelog, offset: 0 }]);
  while ((consumer.position(changelog) ?? 0) < end) await consumer.poll(pollLength, 100);
  const found = cost();
  await consumer.close();
  return found;
};

const print = (work: string, cost: Cost): void =>
  console.log(`${work.padEnd(28)} ${shown(cost)}; ${peakMemory()} MB at most`);

const printRate = (work: string, cost: Cost): void => {
  const rate = (seconds: number): string => Math.round(keys / seconds).toLocaleString('en');
  print(`${work}, ${rate(cost.wall)}/s, ${rate(cost.all)} per CPU second:`.padEnd(72), cost);
};

try {
  await (await transport.admin()).create([input, results].map(({ name }) => ({ name, partitions: 1, config: {} })));
  for (let key = 0; key < keys; key++) {
    // Multiplied by a prime, so that keys come in no order.
    send(`key-${(key * 7_368_787) % keys}`);
    if (key % sendLength === sendLength - 1) await producer.flush();
  }
  printRate(`counted ${keys} keys`, (await run('disk', 'marker-counted')).whole);
  for (let trial = 0; trial < trials; trial++) {
    printRate('changelog, bare consumer', await consume());
    const { restore } = await run(`empty-disk-${trial}`, `marker-${trial}`);
    if (restore === undefined) throw new Error('the application restored no rows');
    printRate('changelog, restored', restore);
  }
  print('first result, rows on disk', (await run('disk', 'marker-started')).whole);
} finally {
  await producer.close();
  await transport.close();
  await place.remove();
}
