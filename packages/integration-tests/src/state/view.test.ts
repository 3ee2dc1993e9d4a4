import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { embedded, int32, memory, start, streams, topic } from 'kstreams';

const numbers = topic('numbers', { key: int32, value: int32 });
const at = { topic: 'numbers', headers: [] };

test('a range may start or end with a falsy key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-'));
  const transport = embedded();
  const admin = await transport.admin();
  await admin.create([{ name: numbers.name, partitions: 1, config: {} }]);
  const producer = await transport.producer({ clientId: 'test' });
  for (const key of [0, 1, 5]) {
    const bytes = int32.encode(key, at);
    producer.send({ topic: numbers.name, partition: 0, key: bytes, value: bytes, timestamp: key, headers: [] });
  }
  await producer.flush();

  const app = streams('ranges');
  const counts = app.stream(numbers).groupByKey().count({ name: 'counts' });
  const running = await start(app, { transport, state: memory(), folder });
  while (running.counts.processed < 3) await new Promise((resolve) => setImmediate(resolve));
  const keys = async (from: number, to: number): Promise<readonly number[]> => {
    const found: number[] = [];
    for await (const [key] of running.view(counts).range(from, to)) found.push(key);
    return found;
  };
  expect(await keys(0, 5)).toEqual([0, 1]);
  expect(await keys(1, 6)).toEqual([1, 5]);
  expect(await keys(0, 0)).toEqual([]);
  await running.close();
  await transport.close();
  await rm(folder, { recursive: true, force: true });
});
