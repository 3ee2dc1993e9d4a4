import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { readTopic } from '@kstreams/test-support/read-topic';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import { undescribed } from '@kstreams/test-support/undescribed';
import {
  type App,
  type AppEvent,
  embedded,
  type Failure,
  json,
  memory,
  nullable,
  type OnError,
  ProductionError,
  type StartOptions,
  start,
  streams,
  string,
  type Transport,
  topic,
} from 'kstreams';
import { toUtf8 } from 'kstreams/authors';

const numbers = topic('numbers', { key: string, value: json<number>() });
const first = topic('first', { key: string, value: json<number>() });
const second = topic('second', { key: nullable(string), value: json<number>() });
const partition = { topic: 'numbers', partition: 0 };

/**
 * Copies numbers to two topics and counts them. The second topic is compacted and refuses the record of 13, which has
 * no key. The log reports the failure only after the record is processed.
 */
const copying = () => {
  const app = streams('copying');
  const input = app.stream(numbers);
  const counts = input.groupByKey().count({ name: 'counts' });
  input.to(first, { name: 'to-first' });
  input
    .selectKey((value, key) => (value === 13 ? null : key), { key: nullable(string) })
    .to(second, { name: 'to-second' });
  return { app, counts };
};

const newLog = async (): Promise<Transport> => {
  const log = embedded();
  const admin = await log.admin();
  await admin.create([
    { name: 'numbers', partitions: 1, config: {} },
    { name: 'second', partitions: 1, config: { 'cleanup.policy': 'compact' } },
    { name: 'letters', partitions: 1, config: {} },
  ]);
  return undescribed(log);
};

const send = async (log: Transport, values: readonly unknown[]): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  values.forEach((value, i) => {
    const bytes = toUtf8(typeof value === 'string' ? value : JSON.stringify(value));
    producer.send({ ...partition, key: toUtf8('k'), value: bytes, timestamp: i, headers: [] });
  });
  await producer.flush();
  await producer.close();
};

const run = async (log: Transport, options: StartOptions): Promise<{ app: App; count: () => number | undefined }> => {
  const { app, counts } = copying();
  const running = await start(app, { transport: log, state: memory(), commitInterval: 0, logger: quiet, ...options });
  await running.running();
  return { app: running, count: () => running.view(counts).get('k') };
};

const valuesOf = async (log: Transport, name: string): Promise<unknown[]> =>
  (await readTopic(log, name)).map(({ value }) => JSON.parse(new TextDecoder().decode(value ?? undefined)));

const exactly = { guarantee: 'exactly-once' } as const;
const atLeast = { guarantee: 'at-least-once' } as const;

describe.each([atLeast, exactly])('asynchronous produce failure, $guarantee', (guarantee) => {
  test('a record with refused output goes to the error policy on its retry, and is skipped as a whole', async () => {
    const log = await newLog();
    const failures: Failure[] = [];
    const onError: OnError = (failure) => {
      failures.push(failure);
      return 'skip';
    };
    const { app, count } = await run(log, { ...guarantee, onError });
    await send(log, [11, 12, 13, 14]);
    await awaitCommitted(log, app, partition, 4);
    while (count() !== 3) await new Promise((go) => setImmediate(go));
    const [failure] = failures as [Failure];
    expect(failure).toMatchObject({ kind: 'production', attempt: 1, record: { ...partition, offset: 2 } });
    expect(failure.error).toBeInstanceOf(ProductionError);
    expect(failure.error.location).toEqual({ node: 'to-second', task: '0_0', ...partition, offset: 2 });
    expect(failure.error.message).toMatch(
      /^topic "second" refused a record: a compacted topic takes no record without/,
    );
    const seen = await valuesOf(log, 'first');
    if (guarantee === exactly) expect(seen).toEqual([11, 12, 14]);
    else expect(new Set(seen)).toEqual(new Set([11, 12, 13, 14]));
    expect(await valuesOf(log, 'second')).toEqual(guarantee === exactly ? [11, 12, 14] : expect.arrayContaining([14]));
    expect(app.drops.get('to-second skipped-by-policy')).toBe(failures.length);
    await app.close();
    await log.close();
  });

  test('it can be retried and go to the dead-letter topic in the end', async () => {
    const log = await newLog();
    const attempts: number[] = [];
    const onError: OnError = ({ attempt }) => {
      attempts.push(attempt);
      return attempt < 3 ? { retryAfter: 1 } : { deadLetter: 'letters' };
    };
    const { app } = await run(log, { ...guarantee, onError });
    await send(log, [11, 13]);
    await awaitCommitted(log, app, partition, 2);
    await app.close();
    expect(attempts).toEqual([1, 2, 3]);
    const [letter] = await readTopic(log, 'letters');
    const headers = Object.fromEntries(
      letter?.headers.map(([name, value]) => [name, new TextDecoder().decode(value)]) ?? [],
    );
    expect(new TextDecoder().decode(letter?.value ?? undefined)).toBe('13');
    expect(headers).toMatchObject({
      '__streams.errors.exception': 'TransportError',
      '__streams.errors.topic': 'numbers',
      '__streams.errors.partition': '0',
      '__streams.errors.offset': '1',
    });
    await log.close();
  });

  test('by default it fails the application and keeps earlier output', async () => {
    const log = await newLog();
    const { app } = await run(log, { ...guarantee });
    await send(log, [13]);
    await expect(app.closed).rejects.toThrow(/a compacted topic takes no record without a key/);
    expect(app.state).toBe('failed');
    await log.close();
  });
});

test('a failure names the sink and the record', async () => {
  const log = await newLog();
  const { app } = await run(log, { onError: () => 'fail' });
  await send(log, [11, 13]);
  await expect(app.closed).rejects.toThrow(/\(node to-second, task 0_0, topic numbers, partition 0, offset 1\)$/);
  await log.close();
});

test('each kind of failure reaches the policy with its coordinates', async () => {
  const log = await newLog();
  const app = streams('failing');
  const bad = {
    ...json<number>(),
    encode: () => {
      throw new Error('cannot be written');
    },
  };
  const input = app.stream(numbers, { name: 'from-numbers' });
  input
    .mapValues(
      (value) => {
        if (value === 2) throw new Error('two');
        return value;
      },
      { name: 'map', value: numbers.value },
    )
    .filter((value) => value === 3, { name: 'threes' })
    .to(topic('first', { key: string, value: bad }), { name: 'to-bad' });
  input.process(
    ({ schedule }) => {
      schedule('1d', 'stream', () => {
        throw new Error('scheduled');
      });
      return () => {};
    },
    { name: 'scheduled' },
  );
  const seen: unknown[] = [];
  const onError: OnError = ({ kind, error, record }) => {
    seen.push([
      kind,
      error.location.node,
      record?.offset,
      error.cause instanceof Error ? error.cause.message : error.message,
    ]);
    return 'skip';
  };
  const running = await start(app, { transport: log, state: memory(), commitInterval: 0, logger: quiet, onError });
  await send(log, ['{', 2, 3]);
  await awaitCommitted(log, running, partition, 3);
  expect(seen).toEqual([
    ['deserialisation', 'from-numbers', 0, expect.stringMatching(/JSON/)],
    ['processing', 'map', 1, 'two'],
    ['punctuation', 'scheduled', undefined, 'scheduled'],
    ['production', 'to-bad', 2, 'cannot be written'],
  ]);
  await running.close();
  await log.close();
});

test('a missing dead-letter topic does not hide the original error', async () => {
  const log = await newLog();
  const { app } = await run(log, { onError: () => ({ deadLetter: 'nowhere' }) });
  await send(log, ['{']);
  await expect(app.closed).rejects.toMatchObject({
    message: expect.stringMatching(/dead letter of a failed record cannot be sent: topic "nowhere" does not exist/),
    cause: { message: expect.stringMatching(/the value is not json/) },
  });
  await log.close();
});

describe('a failed worker', () => {
  const failing = (times: number) => {
    const app = streams('replaced');
    let failures = 0;
    const counts = app
      .stream(numbers)
      .peek((value) => {
        if (value === 13 && failures++ < times) throw new Error('unlucky');
      })
      .groupByKey()
      .count({ name: 'counts' });
    return { app, counts };
  };
  test('is replaced by one that continues from the last commit', async () => {
    const log = await newLog();
    const { app, counts } = failing(3);
    const options = {
      transport: log,
      state: memory(),
      clock: new SkippingClock(),
      commitInterval: 0,
      logger: quiet,
      ...exactly,
    };
    const running = await start(app, { ...options, workerFailure: 'replace' });
    const events: AppEvent['kind'][] = [];
    running.events$.subscribe(({ kind }) => events.push(kind));
    await send(log, [11, 13, 14]);
    await awaitCommitted(log, running, partition, 3);
    while (running.state === 'running' && running.view(counts).get('k') !== 3)
      await new Promise((go) => setImmediate(go));
    expect(events.filter((kind) => kind === 'replaced')).toHaveLength(3);
    await running.close();
    await log.close();
  });

  test('is replaced up to ten times: a poison record ends the application', async () => {
    const log = await newLog();
    const { app } = failing(Number.POSITIVE_INFINITY);
    const options = { transport: log, state: memory(), clock: new SkippingClock(), commitInterval: 0, logger: quiet };
    const running = await start(app, { ...options, workerFailure: 'replace' });
    const replaced: AppEvent[] = [];
    running.events$.subscribe((event) => event.kind === 'replaced' && replaced.push(event));
    await send(log, [11, 13]);
    await expect(running.closed).rejects.toThrow(/unlucky.*offset 1/);
    expect(replaced).toHaveLength(10);
    await log.close();
  });

  test('ends the application by default: in its state, its promise, the log and the exit code', async () => {
    const log = await newLog();
    const { app } = failing(1);
    const errors: string[] = [];
    const logger = { ...quiet, error: (_: object, message: string) => void errors.push(message) };
    const before = process.exitCode;
    const running = await start(app, { transport: log, state: memory(), logger });
    const states: string[] = [];
    await send(log, [13]);
    await new Promise<void>((complete) => running.state$.subscribe({ next: (one) => states.push(one), complete }));
    await new Promise((go) => setImmediate(go));
    expect(states.at(-1)).toBe('failed');
    expect(process.exitCode).toBe(1);
    process.exitCode = before;
    expect(errors).toEqual([
      expect.stringMatching(/^replaced failed: .*unlucky/),
      expect.stringMatching(/^replaced failed and nothing awaits app.closed: .*unlucky/),
    ]);
    await expect(running.closed).rejects.toThrow('unlucky');
    await log.close();
  });
});
