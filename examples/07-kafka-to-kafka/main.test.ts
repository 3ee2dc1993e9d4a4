import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { fromUtf8, type Outgoing, toUtf8 } from 'kstreams/authors';
import { kafka } from 'kstreams/kafka';
import { drive } from '../example.js';
import * as example from './main.js';

const expected = { ann: 30, bob: 5 };

test('sums the payments of each account, without refunds', () => {
  const sums = drive(example).output(example.spent).read();
  expect(Object.fromEntries(sums.map(({ key, value }) => [key, value]))).toEqual(expected);
});

describeWith('kafka', 'on a cluster', (brokers) => {
  test('reads from one topic and writes to another', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kstreams-spending-'));
    const log = kafka({ brokers });
    const admin = await log.admin();
    const { payments, spent } = example;
    const mine = [payments.name, spent.name, 'spending-spent-by-account-changelog'];
    await admin.delete([...(await admin.topics(mine)).keys()]);
    const config = { 'retention.ms': '-1' };
    await admin.create([payments, spent].map(({ name }) => ({ name, partitions: 1, config })));
    const at = { topic: payments.name, partition: 0, headers: [] };
    const producer = await log.producer({ clientId: 'payments' });
    for (const [, key, amount, timestamp] of example.sample) {
      const record: Outgoing = { ...at, timestamp, key: toUtf8(key), value: payments.value.encode(amount, at) };
      producer.send(record);
    }
    await producer.flush();

    const app = await example.run(brokers, folder);
    const reader = await log.consumer({ clientId: 'spent' });
    reader.assign([{ topic: spent.name, partition: 0, offset: 0 }]);
    const sums = new Map<string, number>();
    for (let read = 0; read < 3; ) {
      for (const { key, value } of await reader.poll(10, 100)) {
        sums.set(fromUtf8(key as Uint8Array), spent.value.decode(value as Uint8Array, at));
        read++;
      }
    }
    expect(Object.fromEntries(sums)).toEqual(expected);
    await app.close();
    await admin.delete(mine);
    for (const client of [reader, producer, log]) await client.close();
    await rm(folder, { recursive: true, force: true });
  });
});
