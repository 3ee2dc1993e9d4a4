/**
 * Measures one row of `npm run bench -- sizes`, in a separate process: fills a table with as many rows as its first argument
 * says, each of as many bytes as its second argument says, in the backend of its third one, and restores it on an empty disk.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { embedded } from '@kstreams/embedded';
import { level, levelLog } from '@kstreams/level';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { memory, start, streams, string, topic } from 'kstreams';
import { toUtf8 } from 'kstreams/authors';
import { temporaryFolder } from '../temporary-folder.js';

/** The size of a table and the rate of its restore. */
export interface Sizes {
  /** The bytes in use after a garbage collection, beyond those of an empty table. */
  readonly memory: number;
  /** The bytes on disk, divided by the rows. */
  readonly disk: number;
  /** The bytes of the key and the value of a row in the changelog. */
  readonly changelog: number;
  readonly restoredPerSecond: number;
}

const [rows, bytes, backend] = process.argv.slice(2);
const count = Number(rows);
const randomValue = (): string => randomBytes(Number(bytes) / 2).toString('hex');
const input = topic('rows-of-source', { key: string, value: string });
const marks = topic('marks', { key: string, value: string });
const place = await temporaryFolder();

const app = () => {
  const table = streams('sizes');
  table
    .stream(input)
    .groupByKey()
    .reduce((_, next) => next, { name: 'rows' })
    .toStream()
    .filter((_, key) => key === 'mark')
    .to(marks);
  return table;
};

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const memoryUsed = (): number => {
  for (let i = 0; i < 3; i += 1) globalThis.gc?.();
  const { external, heapUsed } = process.memoryUsage();
  return heapUsed + external;
};

const transport = embedded({ storage: levelLog(join(place.path, 'log')) });
const open = (folder: string) =>
  start(app(), { transport, folder: join(place.path, folder), state: backend === 'level' ? level() : memory() });

try {
  const admin = await transport.admin();
  await admin.create([input, marks].map(({ name }) => ({ name, partitions: 1, config: {} })));
  const producer = await transport.producer({ clientId: 'sizes' });
  const send = (key: string): void =>
    producer.send({
      topic: input.name,
      partition: 0,
      key: toUtf8(key),
      value: toUtf8(randomValue()),
      timestamp: 1_000,
      headers: [],
    });

  const first = await open('state');
  const empty = memoryUsed();
  for (let i = 0; i < count; i += 1) {
    send(`key-${String(i).padStart(12, '0')}`);
    if (i % 10_000 === 0) await producer.flush();
  }
  await producer.flush();
  await awaitCommitted(transport, first, { topic: input.name, partition: 0 }, count);
  const grown = memoryUsed() - empty;
  await first.close();
  const disk = backend === 'level' ? bytesBelow(join(place.path, 'state')) / count : 0;

  const reader = await transport.consumer({ clientId: 'sizes' });
  reader.assign([{ topic: 'sizes-rows-changelog', partition: 0, offset: 0 }]);
  const [logged] = await reader.poll(1_000, 1);
  await reader.close();
  const changelog = (logged?.key?.length ?? 0) + (logged?.value?.length ?? 0);

  const begun = performance.now();
  const second = await open('other');
  await second.running();
  const seconds = (performance.now() - begun) / 1_000;
  await second.close();
  await producer.close();
  await admin.close();
  const sizes: Sizes = { memory: grown, disk, changelog, restoredPerSecond: count / seconds };
  process.send?.(sizes);
} finally {
  await transport.close();
  await place.remove();
  process.disconnect?.();
}
