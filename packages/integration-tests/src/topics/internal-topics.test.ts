/** Checks of existing internal topics. */
import { describe, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics } from '@kstreams/test-support/text-records';
import { embedded, memory, start, streams, string, type Transport, topic, tumbling } from 'kstreams';
import { kafka } from 'kstreams/kafka';

let runs = 0;
const counting = async (log: Transport) => {
  const name = `internal-${process.pid}-${Date.now()}-${runs++}`;
  const lines = topic(`${name}-lines`, { key: string, value: string });
  await createTopics(log, [lines.name]);
  const app = streams(name);
  app
    .stream(lines)
    .groupBy((line) => line, { key: string, name: 'by-line' })
    .count({ name: 'counts' });
  const begin = () => start(app, { transport: log, state: memory(), folder: `.kstreams/${name}` });
  return { changelog: `${name}-counts-changelog`, repartition: `${name}-by-line-repartition`, begin };
};

const suite = (open: () => Transport): void => {
  test('refuses a changelog that deletes old rows', async () => {
    const log = open();
    const { changelog, begin } = await counting(log);
    await createTopics(log, [changelog], 1, { 'cleanup.policy': 'delete' });
    await expect(begin()).rejects.toThrow(
      `topic "${changelog}" has cleanup.policy=delete and needs compact, since a restore would miss old rows`,
    );
    await log.close();
  });

  test('refuses a compacted repartition topic', async () => {
    const log = open();
    const { repartition, begin } = await counting(log);
    await createTopics(log, [repartition], 1, { 'cleanup.policy': 'compact' });
    await expect(begin()).rejects.toThrow(
      `topic "${repartition}" has cleanup.policy=compact and needs delete, since only the last record per key would`,
    );
    await log.close();
  });

  test('refuses a compacted changelog of windows, with the settings that it needs', async () => {
    const log = open();
    const name = `internal-${process.pid}-${Date.now()}-${runs++}`;
    const lines = topic(`${name}-lines`, { key: string, value: string });
    const app = streams(name);
    app.stream(lines).groupByKey().window(tumbling('1h')).count({ name: 'hours' });
    await createTopics(log, [lines.name]);
    await createTopics(log, [`${name}-hours-changelog`], 1, { 'cleanup.policy': 'compact' });
    await expect(start(app, { transport: log, state: memory(), folder: `.kstreams/${name}` })).rejects.toThrow(
      'has cleanup.policy=compact and needs compact,delete, since expired rows would stay for ever: ' +
        'set cleanup.policy=compact,delete and retention.ms=90000000 with the tools of the log',
    );
    await log.close();
  });

  test('accepts topics with the required settings', async () => {
    const log = open();
    const { changelog, repartition, begin } = await counting(log);
    await createTopics(log, [changelog], 1, { 'cleanup.policy': 'compact' });
    await createTopics(log, [repartition], 1);
    await (await begin()).close();
    await log.close();
  });
};

describe('on the embedded log', () => suite(() => embedded()));

describeWith('kafka', 'on Kafka', (brokers) => {
  suite(() => kafka({ brokers }));

  test('names missing user topics instead of creating them', async () => {
    const log = kafka({ brokers });
    const name = `missing-${process.pid}-${Date.now()}`;
    const app = streams(name);
    app.stream(topic(name, { key: string, value: string })).peek(() => {});
    await expect(start(app, { transport: log, state: memory(), folder: `.kstreams/${name}` })).rejects.toThrow(
      `has no topic "${name}": create what the application reads`,
    );
    const admin = await log.admin();
    expect((await admin.topics([name])).size).toBe(0);
    await log.close();
  });
});
