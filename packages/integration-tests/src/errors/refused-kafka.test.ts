/** Records that a real broker refuses for their size or timestamp, alone or with the batch they were in. */
import { describe, expect, test } from '@jest/globals';
import { recordSize } from '@kstreams/core/graph';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { readTopic } from '@kstreams/test-support/read-topic';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, sendTexts, type TextRecord } from '@kstreams/test-support/text-records';
import {
  type Failure,
  memory,
  type OnError,
  type RecordHeaders,
  type Streams,
  start,
  streams,
  string,
  type Transport,
  topic,
} from 'kstreams';
import { fromUtf8, toUtf8 } from 'kstreams/authors';
import { kafka } from 'kstreams/kafka';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const hour = 3_600_000;

describeWith('kafka', 'a record that a broker refuses', (brokers) => {
  const open = async (config: Readonly<Record<string, string>> = {}) => {
    const log = kafka({ brokers });
    const name = `refused-${crypto.randomUUID()}`;
    const [input, output, dead] = [`${name}-in`, `${name}-out`, `${name}-dead`];
    await createTopics(log, [input, dead]);
    await createTopics(log, [output], 1, config);
    return {
      log,
      name,
      input: topic(input, { key: string, value: string }),
      output: topic(output, { key: string, value: string }),
      dead,
    };
  };

  /** Runs an application over these records. Returns the failures, and the values that it wrote. */
  const run = async (
    { log, name, input, output }: Awaited<ReturnType<typeof open>>,
    build: (app: Streams) => void,
    records: readonly TextRecord[],
    guarantee: 'at-least-once' | 'exactly-once',
    onError: OnError = () => 'skip',
  ) => {
    const app = streams(name);
    build(app);
    const failures: Failure[] = [];
    const decide: OnError = (failure) => {
      failures.push(failure);
      return onError(failure);
    };
    await sendTexts(log, input.name, records);
    const options = { transport: log, state: memory(), guarantee, logger: quiet, commitInterval: 50, onError: decide };
    const running = await start(app, options);
    await awaitCommitted(log, running, { topic: input.name, partition: 0 }, records.length);
    expect(running.state).not.toBe('failed');
    await running.close();
    const failed = [...new Set(failures.map(({ record }) => record?.offset))];
    const written = (await readTopic(log, output.name)).map(({ key }) => fromUtf8(key as Uint8Array));
    return { failed, failures, written };
  };

  const keysBut = (count: number, ...without: readonly number[]): string[] =>
    Array.from({ length: count }, (_, i) => i)
      .filter((i) => !without.includes(i))
      .map(String);

  test('the size of the largest record is exact', async () => {
    const { input, log } = await open();
    const refused: string[] = [];
    const producer = await log.producer({
      clientId: 'sizes',
      failed: (_, error, refusal) => refused.push(`${refusal} ${error.message}`),
    });
    const send = (more: number, headers: RecordHeaders): void => {
      const bytes = { key: toUtf8('key'), value: new Uint8Array(0), headers };
      const value = new Uint8Array((log.maxRecordSize as number) - recordSize(bytes) + more);
      producer.send({ ...bytes, topic: input.name, partition: 0, value, timestamp: 1 });
    };
    send(0, []);
    send(0, [
      ['ünï', toUtf8('x')],
      ['none', null],
    ]);
    await producer.flush();
    expect(refused).toEqual([]);
    send(1, []);
    await expect(producer.flush()).rejects.toThrow(/too large/);
    expect(refused).toEqual([expect.stringMatching(/^record .*too large/)]);
    await producer.close();
    await log.close();
  });

  describe.each(['at-least-once', 'exactly-once'] as const)('%s', (guarantee) => {
    const expectWritten = (written: readonly string[], expected: readonly string[]): void => {
      if (guarantee === 'exactly-once') expect(written).toEqual(expected);
      else expect(new Set(written)).toEqual(new Set(expected));
    };
    const records = (large: readonly number[]): TextRecord[] =>
      Array.from({ length: 200 }, (_, i) => [String(i), large.includes(i) ? 'x'.repeat(40_000 + i) : `value ${i}`]);

    test('for the limit of its topic is found, with no other of its batch', async () => {
      const setting = await open({ 'max.message.bytes': '20000' });
      const { input, output } = setting;
      const copy = (app: Streams): void => app.stream(input).to(output, { name: 'copy' });
      const { failed, failures, written } = await run(setting, copy, records([50, 120, 121]), guarantee);
      expect(failed).toEqual([50, 120, 121]);
      expect(failures[0]).toMatchObject({ kind: 'production', error: { location: { node: 'copy', offset: 50 } } });
      expectWritten(written, keysBut(200, 50, 120, 121));
      await setting.log.close();
    });

    test('for the limit of a changelog is found, though many records changed its rows', async () => {
      const setting = await open();
      const { input, log, name, output } = setting;
      await createTopics(log, [`${name}-last-changelog`], 1, {
        'cleanup.policy': 'compact',
        'max.message.bytes': '20000',
      });
      const last = (app: Streams): void =>
        app
          .stream(input)
          .groupByKey()
          .reduce((_, one) => one, { name: 'last' })
          .toStream()
          .to(output);
      const { failed, failures, written } = await run(setting, last, records([50, 120]), guarantee);
      expect(failed).toEqual([50, 120]);
      expect(failures[0]?.error.location.offset).toBe(50);
      // At least once, the output of a refused row may be written before.
      expectWritten(written, guarantee === 'exactly-once' ? keysBut(200, 50, 120) : keysBut(200));
      await log.close();
    });

    test('for a timestamp two hours ahead costs its record, and counts of it none', async () => {
      const setting = await open();
      const { input, log, output } = setting;
      const ahead = { timestamp: Date.now() + 2 * hour };
      const shift = (app: Streams): void => {
        const moved = app.stream(input, {
          timestamp: ({ value }) => (value === 'ahead' ? ahead.timestamp : Date.now()),
        });
        moved.groupBy((value) => value, { key: string }).count({ name: 'counts' });
        moved.to(output, { name: 'copy' });
      };
      const sent = Array.from({ length: 100 }, (_, i): TextRecord => [String(i), i % 30 === 7 ? 'ahead' : 'now']);
      const { failed, failures, written } = await run(setting, shift, sent, guarantee);
      expect(failed).toEqual([7, 37, 67, 97]);
      expect(failures.at(-1)?.error.message).toMatch(/timestamp/i);
      expectWritten(written, keysBut(100, 7, 37, 67, 97));
      await log.close();
    });

    test('leaves a dead letter without its bytes, where that is refused too', async () => {
      const setting = await open({ 'max.message.bytes': '20000' });
      const { dead, input, log, output } = setting;
      await removeTopic(log, dead);
      await createTopics(log, [dead], 1, { 'max.message.bytes': '20000' });
      const copy = (app: Streams): void => app.stream(input).to(output);
      const { written } = await run(setting, copy, records([50]), guarantee, () => ({ deadLetter: dead }));
      expectWritten(written, keysBut(200, 50));
      const letters = await readTopic(log, dead);
      expect(letters[0]).toMatchObject({ key: null, value: null });
      const texts = (letters[0]?.headers ?? []).map(([header, value]) => [header, fromUtf8(value as Uint8Array)]);
      expect(Object.fromEntries(texts)).toMatchObject({
        '__streams.errors.offset': '50',
        '__streams.errors.omitted': 'record',
      });
      await log.close();
    });
  });
});

const removeTopic = async (log: Transport, name: string): Promise<void> => {
  const admin = await log.admin();
  await admin.delete([name]);
  await admin.close();
};
