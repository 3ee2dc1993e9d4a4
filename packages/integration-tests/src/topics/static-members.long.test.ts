/** Partitions that are added while members with an instance id are away, on a cluster. */
import { expect, test } from '@jest/globals';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, readTexts, sendTexts, type TextRecord } from '@kstreams/test-support/text-records';
import { type App, memory, start, streams, string, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';

const texts = { key: string, value: string };
const protocols = [
  ['the classic group protocol', { 'session.timeout.ms': 45_000 }],
  ['the group protocol of KIP-848', { 'group.protocol': 'consumer' }],
] as const;
let runs = 0;

/** A group of members with instance ids that copy a topic, and its changes. */
const setUp = async (brokers: string, settings: Readonly<Record<string, unknown>>) => {
  const log = kafka({ brokers, consumer: { 'topic.metadata.refresh.interval.ms': 500, ...settings } });
  const name = `static-${process.pid}-${Date.now().toString(36)}-${runs++}`;
  const [input, output] = [`${name}.in`, `${name}.out`];
  await createTopics(log, [input], 2);
  await createTopics(log, [output]);
  const join = async (instanceId: string): Promise<App> => {
    const app = streams(name);
    app.stream(topic(input, texts)).to(topic(output, texts));
    const options = { transport: log, state: memory(), instanceId, logger: quiet };
    const running = await start(app, { ...options, commitInterval: '100ms' });
    await running.running();
    return running;
  };
  let partitions = 2;
  const grow = async (): Promise<void> => {
    partitions += 2;
    const admin = await log.admin();
    await admin.grow(input, partitions);
    await admin.close();
  };
  let sent = 0;
  /** Writes one record to every partition, and waits until all of them are copied. */
  const copied = async (): Promise<void> => {
    const one = (partition: number): TextRecord => ['k', `${partition}`, { partition }];
    await sendTexts(
      log,
      input,
      Array.from({ length: partitions }, (_, partition) => one(partition)),
    );
    sent += partitions;
    expect(await readTexts(log, output, 1, sent)).toHaveLength(sent);
  };
  const end = async (...members: readonly App[]): Promise<void> => {
    for (const member of members) await member.close();
    await log.close();
  };
  return { copied, end, grow, join };
};

describeWith('kafka', 'partitions added to the source of static members', (brokers) => {
  test.each(protocols)('are read once a member that was away is back, with %s', async (_, settings) => {
    const { copied, end, grow, join } = await setUp(brokers, settings);
    const first = await join('a');
    const second = await join('b');
    await copied();
    await first.close();
    await grow();
    const again = await join('a');
    await copied();
    await end(again, second);
  });

  test('are read once the session of a member that is away has ended', async () => {
    const { copied, end, grow, join } = await setUp(brokers, { 'session.timeout.ms': 6_000 });
    const first = await join('a');
    const second = await join('b');
    await copied();
    await first.close();
    await grow();
    await copied();
    await end(second);
  });

  test('are read at once after each member, and so the leader of the group, was restarted', async () => {
    const { copied, end, grow, join } = await setUp(brokers, { 'session.timeout.ms': 45_000 });
    const members = [await join('a'), await join('b')] as const;
    await copied();
    await members[0].close();
    const first = await join('a');
    await members[1].close();
    const second = await join('b');
    await grow();
    await copied();
    await end(first, second);
  });
});
