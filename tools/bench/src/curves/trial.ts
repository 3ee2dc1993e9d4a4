/** Measures one point of a curve in its own process, whose first message is the name and the size. */
import { noHeaders, type Received } from '@kstreams/core/graph';
import { measuredTask } from '../peers/measured-task.js';
import { curves } from './curves.js';

const batchSize = 1_000;
const commitSize = 50_000;
const [name, size, rounds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const curve = curves.find((one) => one.name === name);
if (curve === undefined) throw new RangeError(`there is no curve ${name}`);

const tasks = await Promise.all(
  Array.from({ length: curve.tasks?.(size) ?? 1 }, () => measuredTask(curve.build(size))),
);
const value = Buffer.alloc(100, 'v');
let [seed, drawn, turn] = [1, 0, 0];
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) | 0;
  return (seed >>> 4) % below;
};
const batch = (length: number): Received[] =>
  Array.from({ length }, () => {
    const offset = drawn++;
    const { key, timestamp } = curve.draw(offset, size, random);
    return {
      topic: 'left',
      partition: 0,
      offset,
      timestamp,
      key: Buffer.from(`key-${key}`),
      value,
      headers: noHeaders,
    };
  });

/** Returns the processor time per record, in µs, commits included; making the input does not count. */
const round = async (records: number): Promise<number> => {
  let [cpu, uncommitted] = [0, 0];
  for (let done = 0; done < records; done += batchSize) {
    const received = batch(Math.min(batchSize, records - done));
    const before = process.cpuUsage();
    tasks[turn++ % tasks.length]?.process(received);
    uncommitted += received.length;
    if (uncommitted >= commitSize || done + batchSize >= records) {
      for (const task of tasks) await task.commit();
      uncommitted = 0;
    }
    const { system, user } = process.cpuUsage(before);
    cpu += system + user;
  }
  return cpu / records;
};

const records = curve.records?.(size) ?? 200_000;
await round(Math.max(records, curve.fill?.(size) ?? 0));
const costs: number[] = [];
for (let at = 0; at < rounds; at++) costs.push(await round(records));
process.send?.(costs.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]);
