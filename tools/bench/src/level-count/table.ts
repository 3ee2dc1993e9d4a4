/**
 * Runs `npm run bench -- level-count [--keys n] [--records n]`: a count by key on Level, in process, with the default limit of live
 * rows. Keys come in random order, 1,000,000 unless set. The first pass makes the rows, the second one changes them.
 */
import { parseArgs } from 'node:util';
import { noHeaders, type Received } from '@kstreams/core/graph';
import { level } from '@kstreams/level';
import { beginPeak, peakMemory } from '../peak-memory.js';
import { measuredTask } from '../peers/measured-task.js';
import { topologies } from '../peers/topologies.js';
import { positiveInteger } from '../positive-integer.js';
import { temporaryFolder } from '../temporary-folder.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: { keys: { type: 'string', default: '1000000' }, records: { type: 'string' } },
});
const keys = positiveInteger('keys', values.keys);
const records = positiveInteger('records', values.records ?? values.keys);
const batchSize = 500;
const liveLimit = 10_000;
const value = Buffer.alloc(100, 'v');

const topology = topologies.find(({ name }) => name === 'count');
if (topology === undefined) throw new RangeError('there is no topology count');
const place = await temporaryFolder();
const bytes = await level().open(place.path);
const task = await measuredTask(topology.build(), { bytes, liveLimit });

let [seed, offset] = [1, 0];
const random = (): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) | 0;
  return (seed >>> 4) % keys;
};
const batch = (): Received[] =>
  Array.from({ length: batchSize }, () => ({
    topic: 'left',
    partition: 0,
    offset: offset++,
    timestamp: offset,
    key: Buffer.from(`key-${random()}`),
    value,
    headers: noHeaders,
  }));

/** Processes the records of a pass and prints its rates; making the input does not count. */
const pass = async (name: string): Promise<void> => {
  beginPeak();
  let [wall, cpu, longest, commits] = [0, 0, 0, 0];
  for (let done = 0; done < records; done += batchSize) {
    const received = batch();
    const [begun, used] = [performance.now(), process.cpuUsage()];
    task.process(received);
    if (task.commitRequested) {
      const before = performance.now();
      await task.commit();
      longest = Math.max(longest, performance.now() - before);
      commits++;
    }
    const { system, user } = process.cpuUsage(used);
    wall += (performance.now() - begun) / 1_000;
    cpu += (system + user) / 1e6;
  }
  const rate = (seconds: number): string => Math.round(records / seconds).toLocaleString('en');
  console.log(
    `${name}: ${rate(wall)} records/s, ${rate(cpu)} per CPU second; ${commits} commits, the longest ${longest.toFixed(0)} ms; ${peakMemory()} MB at most`,
  );
};

try {
  console.log(`${records.toLocaleString('en')} records of ${keys.toLocaleString('en')} keys`);
  await pass('new rows');
  await pass('changed rows');
} finally {
  await bytes.close();
  await place.remove();
}
