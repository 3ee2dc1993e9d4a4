import { expect, test } from '@jest/globals';
import { MetricRegistry, noHeaders, type Transport, toUtf8 } from '@kstreams/core/graph';
import { embedded } from './index.js';

const prepare = async (log: Transport, partitions: number, records: number): Promise<void> => {
  const admin = await log.admin();
  await admin.create([{ name: 't', partitions, config: {} }]);
  const producer = await log.producer({ clientId: 'p' });
  for (let i = 0; i < records; i++) {
    const headers =
      i === 0
        ? ([
            ['n', toUtf8('1')],
            ['n', toUtf8('2')],
          ] as const)
        : noHeaders;
    producer.send({
      topic: 't',
      partition: i % partitions,
      key: null,
      value: toUtf8(String(i)),
      timestamp: i,
      headers,
    });
  }
  await producer.flush();
};

test('purged records are deleted, and offsets stay', async () => {
  const log = embedded();
  await prepare(log, 1, 5);
  await (await log.admin()).purge([{ topic: 't', partition: 0, offset: 3 }]);
  const reader = await log.consumer({ clientId: 'c' });
  expect(await reader.offsets([{ topic: 't', partition: 0 }], 'earliest')).toEqual([3]);
  reader.assign([{ topic: 't', partition: 0, offset: 0 }]);
  expect((await reader.poll(10, 0)).map(({ offset }) => offset)).toEqual([3, 4]);
});

test('reads from memory and from the storage, and records fetched ahead, are metrics until the consumer is closed', async () => {
  const log = embedded({ memory: 0 });
  await prepare(log, 2, 6);
  const metrics = new MetricRegistry();
  const reader = await log.consumer({ clientId: 'c', telemetry: metrics });
  const values = (): unknown[] => metrics.collect().map(({ value }) => value);
  expect(values()).toEqual([0, 0, 0]);
  reader.assign([{ topic: 't', partition: 0, offset: 0 }]);
  expect((await reader.poll(1, 0)).length).toBe(1);
  expect(values()).toEqual([0, 1, 2]);
  expect(metrics.collect().map(({ attributes }) => attributes['messaging.client.id'])).toEqual(['c', 'c', 'c']);
  await reader.close();
  expect(values()).toEqual([]);

  const near = embedded();
  await prepare(near, 1, 2);
  const nearReader = await near.consumer({ clientId: 'c', telemetry: metrics });
  nearReader.assign([{ topic: 't', partition: 0, offset: 0 }]);
  await nearReader.poll(10, 0);
  expect(values()).toEqual([1, 0, 0]);
  await nearReader.close();
});
