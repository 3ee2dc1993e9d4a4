import { describe, expect, test } from '@jest/globals';
import { systemClock } from '@kstreams/core/graph';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { readTopic } from '@kstreams/test-support/read-topic';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, sendTexts } from '@kstreams/test-support/text-records';
import { type AppEvent, embedded, memory, start, streams, string, type Transport, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';

const text = (name: string) => topic(name, { key: string, value: string });

const moment = () => new Promise<void>((resolve) => systemClock.after(5, resolve));

/** Copies a topic, stops, loses offsets 2 to 4 of 6 while it is down, and starts again. Returns the copied values. */
const loseRecords = async (log: Transport, name: string, removedRecords: 'earliest' | 'latest' | 'fail') => {
  const app = streams(name);
  app.stream(text(`${name}-in`)).to(text(`${name}-out`));
  await createTopics(log, [`${name}-in`, `${name}-out`]);
  const open = () => start(app, { transport: log, state: memory(), removedRecords, commitInterval: 0, logger: quiet });
  const send = (...values: readonly string[]) =>
    sendTexts(
      log,
      `${name}-in`,
      values.map((value) => ['k', value]),
    );
  const input = { topic: `${name}-in`, partition: 0 };
  const first = await open();
  await send('0', '1');
  await awaitCommitted(log, first, input, 2);
  await first.close();
  await send('2', '3', '4', '5');
  const admin = await log.admin();
  await admin.purge([{ ...input, offset: 5 }]);
  await admin.close();
  const second = await open();
  const events: AppEvent[] = [];
  second.events$.subscribe((event) => events.push(event));
  const failed = second.closed.then(
    () => '',
    (error: Error) => error.message,
  );
  if (removedRecords !== 'fail') {
    while (!events.some(({ kind }) => kind === 'records-removed')) await moment();
    await send('6');
    await awaitCommitted(log, second, input, 7);
    await second.close();
  }
  const failure = await failed;
  const copied = (await readTopic(log, `${name}-out`)).map(({ value }) => new TextDecoder().decode(value ?? undefined));
  return { copied, events: events.filter(({ kind }) => kind === 'records-removed'), failure };
};

const laws = (newLog: () => Transport): void => {
  const place = (name: string) => ({ worker: 0, topic: `${name}-in`, partition: 0, from: 2, to: 5, count: 3 });

  test('reading continues from the oldest record', async () => {
    const log = newLog();
    const name = `removed-${crypto.randomUUID()}`;
    const { copied, events } = await loseRecords(log, name, 'earliest');
    expect(copied).toEqual(['0', '1', '5', '6']);
    expect(events).toEqual([{ kind: 'records-removed', ...place(name), next: 'earliest' }]);
    await log.close();
  });

  test('reading continues at the end', async () => {
    const log = newLog();
    const { copied } = await loseRecords(log, `removed-${crypto.randomUUID()}`, 'latest');
    expect(copied).toEqual(['0', '1', '6']);
    await log.close();
  });

  test('the application fails with the place', async () => {
    const log = newLog();
    const { copied, failure } = await loseRecords(log, `removed-${crypto.randomUUID()}`, 'fail');
    expect(copied).toEqual(['0', '1']);
    expect(failure).toMatch(/the log deleted 3 records before they were read, from offset 2 to 5/);
    await log.close();
  });
};

describe('records that the embedded log deleted before they were read', () => laws(() => embedded()));

describeWith('kafka', 'records that a broker deleted before they were read', (brokers) =>
  laws(() => kafka({ brokers })),
);
