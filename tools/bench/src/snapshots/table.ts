/**
 * Runs `npm run bench -- snapshots [--megabytes n] [--every duration] [--updates n]`: a table on Level, with and without copies in
 * a bucket, on the embedded log. Measures the cost of snapshots and their bytes, while a new table is filled and while rows of
 * one with a snapshot are updated at random, `--updates` times its rows; and the time to the first record without a disk: from a
 * snapshot, and from the changelog.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { embedded } from '@kstreams/embedded';
import { level, levelLog } from '@kstreams/level';
import { folder, snapshots } from '@kstreams/snapshots';
import { type Backend, start, streams, string, toAsyncIterable, topic } from 'kstreams';
import { type Bucket, type Duration, toUtf8 } from 'kstreams/authors';
import { temporaryFolder } from '../temporary-folder.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    megabytes: { type: 'string', default: '50' },
    every: { type: 'string', default: '10s' },
    updates: { type: 'string', default: '2' },
  },
});

const valueLength = 100;
const rowLength = valueLength + 'row-1234567'.length + 8;
const megabytes = Number(values.megabytes);
if (!(megabytes > 0)) throw new RangeError(`--megabytes ${values.megabytes} is not a positive number`);
const rounds = Number(values.updates);
if (!(rounds > 0)) throw new RangeError(`--updates ${values.updates} is not a positive number`);
const keys = Math.ceil((megabytes * 1e6) / rowLength);
/** Each row is written once, and half of them again. */
const changes = Math.ceil(1.5 * keys);
const updates = Math.ceil(rounds * keys);

const input = topic('changes', { key: string, value: string });
const place = await temporaryFolder();
const transport = embedded({ storage: levelLog(join(place.path, 'log')) });

/** The time and the processor time of a run, in s. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

const shown = ({ cpu, wall }: Cost): string => `${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s`;
const ratio = (one: Cost, other: Cost): string =>
  `ratio ${(one.wall / other.wall).toFixed(2)}, CPU ${(one.cpu / other.cpu).toFixed(2)}`;

/** Returns an application that keeps the changes as a table, and the topic to which it forwards markers. */
const tableApp = (name: string) => {
  const markers = topic(`${name}-markers`, { key: string, value: string });
  const app = streams(name);
  app
    .table(input, { name: 'rows' })
    .toStream()
    .filter((_, key) => key.startsWith('marker'))
    .to(markers);
  return { app, markers };
};

const producer = await transport.producer({ clientId: 'bench' });
const send = (key: string, value: string): void =>
  producer.send({
    topic: input.name,
    partition: 0,
    key: toUtf8(key),
    value: toUtf8(value),
    timestamp: Date.now(),
    headers: [],
  });

const randomRow = (): number => Math.floor(Math.random() * keys);

/** Sends changes of rows, and a marker behind them. */
const change = async (count: number, rowOf: (i: number) => number, marker: string): Promise<void> => {
  for (let i = 0; i < count; i++) {
    send(`row-${rowOf(i)}`, randomBytes(valueLength / 2).toString('hex'));
    if (i % 10_000 === 0) await producer.flush();
  }
  send(marker, '');
  await producer.flush();
};

/** Starts an application on a disk, and closes it. Returns the cost until it has forwarded a marker. */
const costTo = async (marker: string, name: string, disk: string, state: Backend): Promise<Cost> => {
  const { app, markers } = tableApp(name);
  const [before, used] = [performance.now(), process.cpuUsage()];
  const running = await start(app, { transport, state, folder: join(place.path, disk), commitInterval: 100 });

  for await (const { key } of toAsyncIterable(markers, { transport, from: 'earliest' })) if (key === marker) break;
  const { system, user } = process.cpuUsage(used);
  const cost = { wall: (performance.now() - before) / 1_000, cpu: (user + system) / 1e6 };
  await running.close();
  return cost;
};

let written = 0;
const bucket = folder(join(place.path, 'bucket'));
const counting: Bucket = {
  ...bucket,
  put: (key, bytes, options) => {
    written += bytes.length;
    return bucket.put(key, bytes, options);
  },
};
const copied = snapshots(level(), counting, { every: values.every as Duration });

/** Prints the cost of changes up to a marker, without and with copies. */
const compare = async (work: string, count: number): Promise<void> => {
  written = 0;
  const plain = await costTo(`marker-${work}`, 'plain', 'plain-1', level());
  const withCopies = await costTo(`marker-${work}`, 'copied', 'copied-1', copied);
  let stored = 0;
  for await (const { size } of bucket.list('')) stored += size;
  console.log(`${`${work} without copies`.padEnd(28)} ${shown(plain)}`);
  console.log(`${`${work} with copies`.padEnd(28)} ${shown(withCopies)}; ${ratio(withCopies, plain)}`);
  console.log(`bytes written / changed      ${(written / (count * rowLength)).toFixed(2)}`);
  console.log(`bytes in the bucket / rows   ${(stored / (keys * rowLength)).toFixed(2)}`);
};

try {
  const names = [input.name, 'plain-markers', 'copied-markers'];
  await (await transport.admin()).create(names.map((name) => ({ name, partitions: 1, config: {} })));
  await change(changes, (i) => (i < keys ? i : randomRow()), 'marker-filled');
  console.log(`${changes} changes of ${keys} rows, ${megabytes} MB; a snapshot every ${values.every}`);

  await compare('filled', changes);
  await change(updates, randomRow, 'marker-updated');
  console.log(`${updates} updates`);
  await compare('updated', updates);

  send('marker-lost', '');
  await producer.flush();
  const replayed = await costTo('marker-lost', 'plain', 'plain-2', level());
  const loaded = await costTo('marker-lost', 'copied', 'copied-2', copied);
  console.log(`first record, from changelog ${shown(replayed)}`);
  console.log(`first record, from snapshot  ${shown(loaded)}; ${ratio(loaded, replayed)}`);
} finally {
  await producer.close();
  await transport.close();
  await place.remove();
}
