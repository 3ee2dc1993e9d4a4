/**
 * Runs `npm run bench -- snapshots [--megabytes n] [--every duration] [--updates n] [--rounds n]`: a table on Level, with and without
 * copies in a bucket, on the embedded log. Measures the cost of snapshots and their bytes at full speed, while a new table is filled
 * and while its rows are updated at random, `--updates` times each in all; and the time to the first record without a disk: from
 * a snapshot, and from the changelog. Both sides process the same updates in turns, and each round begins with the other side.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { embedded } from '@kstreams/embedded';
import { level, levelLog } from '@kstreams/level';
import { folder, snapshots } from '@kstreams/snapshots';
import { type Backend, start, streams, string, toAsyncIterable, topic } from 'kstreams';
import { type Bucket, type Bytes, type Duration, noBytes, toUtf8 } from 'kstreams/authors';
import { type Cost, measure, ratio, shown, sumOf } from '../cost.js';
import { temporaryFolder } from '../temporary-folder.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    megabytes: { type: 'string', default: '50' },
    every: { type: 'string', default: '10s' },
    updates: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '2' },
  },
});

const valueLength = 100;
const rowLength = valueLength + 'row-1234567'.length + 8;
const positive = (name: 'megabytes' | 'updates' | 'rounds'): number => {
  const value = Number(values[name]);
  if (value > 0) return value;
  throw new RangeError(`--${name} ${values[name]} is not a positive number`);
};
const megabytes = positive('megabytes');
const keys = Math.ceil((megabytes * 1e6) / rowLength);
const rounds = Math.ceil(positive('rounds'));
const updates = Math.ceil((positive('updates') * keys) / rounds);

const input = topic('changes', { key: string, value: string });
const place = await temporaryFolder();
const transport = embedded({ storage: levelLog(join(place.path, 'log')) });

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
const send = (key: string, value: Bytes): void =>
  producer.send({
    topic: input.name,
    partition: 0,
    key: toUtf8(key),
    value,
    timestamp: Date.now(),
    headers: [],
  });

/** Text of which values are parts: hexadecimal digits, which compress to a half. */
const digits = toUtf8(randomBytes(2 ** 20).toString('hex'));
const random = (below: number): number => Math.floor(Math.random() * below);

/** Sends changes of rows, and a marker behind them. */
const change = async (count: number, rowOf: (i: number) => number, marker: string): Promise<void> => {
  for (let i = 0; i < count; i++) {
    const from = random(digits.length - valueLength);
    send(`row-${rowOf(i)}`, digits.subarray(from, from + valueLength));
    if (i % 10_000 === 0) await producer.flush();
  }
  send(marker, noBytes);
  await producer.flush();
};

/** Starts an application on a disk, and closes it. Returns the cost until it has forwarded a marker, or until something later. */
const costTo = async (marker: string, { disk, name, state }: Side, later?: () => Promise<void>): Promise<Cost> => {
  const { app, markers } = tableApp(name);
  const cost = measure();
  const running = await start(app, { transport, state, folder: join(place.path, disk), commitInterval: 100 });
  for await (const { key } of toAsyncIterable(markers, { transport, from: 'earliest' })) if (key === marker) break;
  await later?.();
  const found = cost();
  await running.close();
  return found;
};

/** An application on its disk. */
interface Side {
  readonly name: string;
  readonly disk: string;
  readonly state: Backend;
}

let [written, snapshotCount] = [0, 0];
/** Called after each snapshot. */
let snapshotWritten = (): void => {};
const bucket = folder(join(place.path, 'bucket'));
const counting: Bucket = {
  ...bucket,
  put: async (key, bytes, options) => {
    const isNew = await bucket.put(key, bytes, options);
    written += bytes.length;
    if (key.includes('/manifest/')) {
      snapshotCount++;
      snapshotWritten();
    }
    return isNew;
  },
};
const plain: Side = { name: 'plain', disk: 'plain-1', state: level() };
const copied: Side = {
  name: 'copied',
  disk: 'copied-1',
  state: snapshots(level(), counting, { every: values.every as Duration }),
};
/** The same side, which writes a snapshot at once. */
const copiedAtOnce: Side = { ...copied, state: snapshots(level(), counting, { every: '1ms' }) };

/** Prints the cost of changes up to some markers, without and with copies. */
const compare = async (work: string, count: number, markers: readonly string[]): Promise<void> => {
  [written, snapshotCount] = [0, 0];
  const costs = new Map<Side, Cost>();
  for (const [i, marker] of markers.entries()) {
    for (const side of i % 2 === 0 ? [plain, copied] : [copied, plain]) {
      const [before, cost] = [costs.get(side), await costTo(marker, side)];
      costs.set(side, before === undefined ? cost : sumOf(before, cost));
    }
  }
  const [without, withCopies] = [costs.get(plain) as Cost, costs.get(copied) as Cost];
  let stored = 0;
  for await (const { size } of bucket.list('')) stored += size;
  console.log(`${`${work} without copies`.padEnd(28)} ${shown(without)}`);
  console.log(`${`${work} with copies`.padEnd(28)} ${shown(withCopies)}; ${ratio(withCopies, without)}`);
  console.log(`snapshots                    ${snapshotCount}`);
  console.log(`bytes written / changed      ${(written / (count * rowLength)).toFixed(2)}`);
  console.log(`bytes in the bucket / rows   ${(stored / (keys * rowLength)).toFixed(2)}`);
};

/** Starts the application with copies until it has written a snapshot, and prints the cost. */
const waitForSnapshot = async (marker: string): Promise<void> => {
  send(marker, noBytes);
  await producer.flush();
  const snapshot = new Promise<void>((resolve) => {
    snapshotWritten = resolve;
  });
  console.log(`started, until a snapshot    ${shown(await costTo(marker, copiedAtOnce, () => snapshot))}`);
};

try {
  const names = [input.name, 'plain-markers', 'copied-markers'];
  await (await transport.admin()).create(names.map((name) => ({ name, partitions: 1, config: {} })));
  await change(keys, (i) => i, 'marker-filled');
  console.log(`${keys} rows, ${megabytes} MB; a snapshot every ${values.every}`);
  await compare('filled', keys, ['marker-filled']);
  await waitForSnapshot('marker-first');

  const markers = Array.from({ length: rounds }, (_, i) => `marker-updated-${i}`);
  const sending = measure();
  for (const marker of markers) await change(updates, () => random(keys), marker);
  console.log(`${rounds} rounds of ${updates} updates, sent in ${sending().wall.toFixed(0)} s`);
  await compare('updated', rounds * updates, markers);

  await waitForSnapshot('marker-last');
  send('marker-lost', noBytes);
  await producer.flush();
  const replayed = await costTo('marker-lost', { ...plain, disk: 'plain-2' });
  const loaded = await costTo('marker-lost', { ...copied, disk: 'copied-2' });
  console.log(`first record, from changelog ${shown(replayed)}`);
  console.log(`first record, from snapshot  ${shown(loaded)}; ${ratio(loaded, replayed)}`);
} finally {
  await producer.close();
  await transport.close();
  await place.remove();
}
