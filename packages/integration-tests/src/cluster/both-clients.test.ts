/** One group whose members have different clients, as while an application moves from one to the other. */
import { expect, test } from '@jest/globals';
import { kafkaJs } from '@kstreams/kafka-js';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { describeWith } from '@kstreams/test-support/services';
import { countTexts, createTopics, sendTexts } from '@kstreams/test-support/text-records';
import { memory, start, streams, string, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';

const text = (name: string) => topic(name, { key: string, value: string });

describeWith('kafka', 'a group with members of both clients', (brokers) => {
  test('reads the metadata of offsets that either of them committed', async () => {
    const name = `notes-${crypto.randomUUID()}`;
    const logs = [kafka({ brokers }), kafkaJs({ brokers })] as const;
    await createTopics(logs[1], [name]);
    const partition = { topic: name, partition: 0 };
    for (const [i, writing] of logs.entries()) {
      const writer = await writing.consumer({ clientId: 'writer', group: `${name}-${i}` });
      writer.assign([{ ...partition, offset: 0 }]);
      const committed = { ...partition, offset: 3, metadata: 'a note' };
      await writer.commit([committed]);
      await writer.close();
      for (const reading of logs) {
        const reader = await reading.consumer({ clientId: 'reader', group: `${name}-${i}` });
        expect(await reader.committed([partition])).toEqual([committed]);
        await reader.close();
      }
    }
    await Promise.all(logs.map((log) => log.close()));
  });

  test('gives a topic the same id', async () => {
    const name = `id-${crypto.randomUUID()}`;
    const logs = [kafka({ brokers }), kafkaJs({ brokers })] as const;
    await createTopics(logs[0], [name]);
    const ids = await Promise.all(
      logs.map(async (log) => {
        const admin = await log.admin();
        const { id } = (await admin.identify([name])).get(name) ?? {};
        await admin.close();
        await log.close();
        return id;
      }),
    );
    expect(ids[0]).toMatch(/^-?\d+\.-?\d+$/);
    expect(ids[1]).toBe(ids[0]);
  });

  for (const leads of ['kafka', 'kafka-js'] as const) {
    test(`shares the partitions and loses nothing, when ${leads} comes first and leaves`, async () => {
      const name = `both-${crypto.randomUUID()}`;
      const logs = [
        kafka({ brokers, consumer: { 'heartbeat.interval.ms': 300 } }),
        kafkaJs({ brokers, consumer: { heartbeatInterval: 300 } }),
      ] as const;
      const [one, two] = leads === 'kafka' ? logs : [logs[1], logs[0]];
      await createTopics(one, [`${name}-in`, `${name}-out`], 4);
      const open = (transport: typeof one) => {
        const app = streams(name);
        app.stream(text(`${name}-in`)).to(text(`${name}-out`));
        return start(app, { transport, state: memory(), commitInterval: 50, logger: quiet });
      };
      const send = (from: number) =>
        sendTexts(
          one,
          `${name}-in`,
          Array.from({ length: 40 }, (_, i) => [`k${from + i}`, `${from + i}`, { partition: i % 4 }] as const),
        );
      const written = async (count: number): Promise<void> => {
        while ((await countTexts(two, `${name}-out`, 4)) < count) await new Promise((go) => setImmediate(go));
        expect(await countTexts(two, `${name}-out`, 4)).toBe(count);
      };
      const first = await open(one);
      await first.running();
      await send(0);
      await written(40);
      const second = await open(two);
      await second.running();
      while (second.counts.processed === 0) await send(0);
      const both = await countTexts(one, `${name}-in`, 4);
      await written(both);
      await first.close();
      await send(1_000);
      await written(both + 40);
      await second.close();
      await Promise.all(logs.map((log) => log.close()));
    });
  }
});
