import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { readTopic } from '@kstreams/test-support/read-topic';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, sendTexts } from '@kstreams/test-support/text-records';
import { undescribed } from '@kstreams/test-support/undescribed';
import {
  type Context,
  type Failure,
  json,
  memory,
  nullable,
  record,
  start,
  streams,
  string,
  timers,
  topic,
} from 'kstreams';
import { toUtf8 } from 'kstreams/authors';
import { kafka } from 'kstreams/kafka';

describeWith('kafka', 'output that a broker refuses', (brokers) => {
  for (const guarantee of ['at-least-once', 'exactly-once'] as const) {
    test(`goes to the error policy with the record that caused it, ${guarantee}`, async () => {
      const log = undescribed(kafka({ brokers }));
      const name = `refused-${crypto.randomUUID()}`;
      const [numbers, others] = [`${name}-numbers`, `${name}-others`];
      const admin = await log.admin();
      await admin.create([
        { name: numbers, partitions: 1, config: {} },
        { name: others, partitions: 1, config: { 'cleanup.policy': 'compact' } },
      ]);
      await admin.close();
      const app = streams(name);
      // A broker refuses records without a key on a compacted topic.
      app
        .stream(topic(numbers, { key: string, value: json<number>() }))
        .selectKey((value, key) => (value === 13 ? null : key), { key: nullable(string) })
        .to(topic(others, { key: nullable(string), value: json<number>() }), { name: 'to-others' });
      const failures: Failure[] = [];
      const onError = (failure: Failure) => {
        failures.push(failure);
        return 'skip' as const;
      };
      const running = await start(app, { transport: log, state: memory(), guarantee, onError, logger: quiet });
      const producer = await log.producer({ clientId: 'test' });
      for (const value of [11, 12, 13, 14]) {
        const bytes = toUtf8(String(value));
        producer.send({ topic: numbers, partition: 0, key: toUtf8('k'), value: bytes, timestamp: value, headers: [] });
      }
      await producer.flush();
      await producer.close();
      await awaitCommitted(log, running, { topic: numbers, partition: 0 }, 4);
      await running.close();
      const place = { node: 'to-others', task: '0_0', topic: numbers, partition: 0, offset: 2 };
      expect(failures[0]).toMatchObject({ kind: 'production', attempt: 1, error: { location: place } });
      const seen = (await readTopic(log, others)).map(({ value }) => new TextDecoder().decode(value ?? undefined));
      if (guarantee === 'exactly-once') expect(seen).toEqual(['11', '12', '14']);
      else expect(new Set(seen)).toEqual(new Set(['11', '12', '14']));
      await log.close();
    });

    test(`goes to the error policy with the node of its timer, ${guarantee}`, async () => {
      const log = undescribed(kafka({ brokers }));
      const name = `refused-${crypto.randomUUID()}`;
      const [numbers, others] = [`${name}-numbers`, `${name}-others`];
      await createTopics(log, [numbers]);
      await createTopics(log, [others], 1, { 'cleanup.policy': 'compact' });
      const waiting = timers('waiting', { key: string, value: string });
      const app = streams(name);
      app
        .stream(topic(numbers, { key: string, value: string }))
        .process(
          (context: Context<string | null, string>) => {
            const timer = context.timers(waiting, (_, at, value) =>
              context.forward(record(value === '13' ? null : value, value, at)),
            );
            return ({ timestamp, value }) => timer.set(value, timestamp + 100, value);
          },
          { name: 'delay', stores: [waiting], key: nullable(string), value: string },
        )
        .to(topic(others, { key: nullable(string), value: string }));
      const failures: Failure[] = [];
      const onError = (failure: Failure) => {
        failures.push(failure);
        return 'skip' as const;
      };
      const running = await start(app, { transport: log, state: memory(), guarantee, onError, logger: quiet });
      const later = { timestamp: 5_000 };
      await sendTexts(log, numbers, [
        ['k', '11'],
        ['k', '13'],
        ['k', '14'],
        ['k', '99', later],
      ]);
      await awaitCommitted(log, running, { topic: numbers, partition: 0 }, 4);
      await running.close();
      expect(failures).toMatchObject([{ kind: 'production', error: { location: { node: 'delay', task: '0_0' } } }]);
      const seen = (await readTopic(log, others)).map(({ value }) => new TextDecoder().decode(value ?? undefined));
      if (guarantee === 'exactly-once') expect(seen).toEqual(['11', '14']);
      else expect(new Set(seen)).toEqual(new Set(['11', '14']));
      await log.close();
    });
  }
});
