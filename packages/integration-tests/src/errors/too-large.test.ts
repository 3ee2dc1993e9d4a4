/** Records, rows and dead letters over the size that the log takes: each costs the record that made it, and no other. */
import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { override } from '@kstreams/test-support/override';
import { readTopic } from '@kstreams/test-support/read-topic';
import { createTopics, sendTexts } from '@kstreams/test-support/text-records';
import {
  embedded,
  type Failure,
  json,
  memory,
  type OnError,
  type Streams,
  session,
  start,
  streams,
  string,
  topic,
  within,
} from 'kstreams';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const texts = topic('texts', { key: string, value: string });
const out = topic('out', { key: string, value: string });
const large = 'x'.repeat(2_000);
/** A sum of 16 texts is too large; one text is not, unless it is `large`. */
const text = (i: number): string => `${i}`.padStart(90, '.');

/** Topologies that write a large text, or collect texts until the row is too large. */
const topologies: Readonly<Record<string, (app: Streams) => void>> = {
  'a topic': (app) => app.stream(texts).to(out),
  'a repartition topic': (app) => {
    app
      .stream(texts)
      .selectKey((value) => value.slice(-1), { key: string })
      .groupByKey()
      .count({ name: 'counts' });
  },
  'a row of strings': (app) => {
    app
      .stream(texts)
      .groupByKey()
      .reduce((_, one) => one, { name: 'last' });
  },
  'a row of objects': (app) => {
    const lists = app.stream(texts).groupByKey();
    lists.aggregate(
      () => [] as string[],
      (list, one) => (one === large ? [...list, one] : list),
      { name: 'lists', value: json<string[]>() },
    );
  },
  'a session': (app) => {
    const sessions = app.stream(texts).groupByKey().window(session('1m'));
    sessions.aggregate(
      () => '',
      (all, one) => (one === large ? all + one : all),
      (_, a, b) => a + b,
      { name: 'sessions', value: string },
    );
  },
  'a join buffer': (app) => {
    const stream = app.stream(texts);
    stream.join(stream, within('1m'), (a, b) => `${a.length} ${b.length}`, { name: 'pairs', value: string });
  },
  'a held update': (app) => {
    app
      .stream(texts)
      .toTable({ name: 'held', emit: { every: '1h' } })
      .toStream()
      .to(out);
  },
};

const run = async (
  build: (app: Streams) => void,
  sent: readonly string[],
  { maxRecordSize = 1_500, onError }: { maxRecordSize?: number; onError?: OnError } = {},
) => {
  const log = override(embedded(), { maxRecordSize });
  await createTopics(log, ['texts', 'out', 'dead']);
  const failures: Failure[] = [];
  const app = streams('sizes');
  build(app);
  const decide: OnError = (failure) => {
    failures.push(failure);
    return onError === undefined ? 'skip' : onError(failure);
  };
  const running = await start(app, {
    transport: log,
    state: memory(),
    commitInterval: 0,
    logger: quiet,
    onError: decide,
  });
  await sendTexts(
    log,
    'texts',
    sent.map((value) => ['k', value] as const),
  );
  await awaitCommitted(log, running, { topic: 'texts', partition: 0 }, sent.length);
  expect(running.state).toBe('running');
  await running.close();
  return { log, failures };
};

const offsets = (failures: readonly Failure[]) => failures.map(({ record }) => record?.offset);

describe.each(Object.entries(topologies))('%s', (_, build) => {
  test('costs the record with the large value', async () => {
    const { failures, log } = await run(build, [text(0), large, text(2), text(3), large, text(5)]);
    expect(offsets(failures)).toEqual([1, 4]);
    expect(failures[0]?.error.message).toMatch(/of 2\d\d\d bytes.*(at most|limit)/);
    await log.close();
  });
});

test('a row that grows costs the records that made it too large', async () => {
  const { failures, log } = await run(
    (app) => {
      const grouped = app.stream(texts).groupByKey();
      grouped.reduce((all, one) => all + one, { name: 'all' });
    },
    Array.from({ length: 20 }, (_, i) => text(i)),
  );
  expect(offsets(failures)).toEqual([16, 17, 18, 19]);
  await log.close();
});

test('the buffer of a join keeps more than one row takes', async () => {
  const sent = Array.from({ length: 100 }, (_, i) => text(i));
  const pairs = (app: Streams): void => {
    const stream = app.stream(texts);
    const joined = stream.join(stream, within('1m'), (a, b) => a.slice(-2) + b.slice(-2), {
      name: 'pairs',
      value: string,
    });
    joined.to(out);
  };
  const { failures, log } = await run(pairs, sent, { maxRecordSize: 3_000 });
  expect(failures).toEqual([]);
  expect(await readTopic(log, 'out')).toHaveLength(100 * 100);
  await log.close();
});

test('a dead letter that would be too large has no bytes of its record', async () => {
  const sink = topologies['a topic'] as (app: Streams) => void;
  const { log } = await run(sink, [text(0), large], { onError: () => ({ deadLetter: 'dead' }) });
  const [letter] = await readTopic(log, 'dead');
  const texts = (letter?.headers ?? []).map(([name, value]) => [name, new TextDecoder().decode(value ?? undefined)]);
  expect(letter).toMatchObject({ key: null, value: null });
  expect(Object.fromEntries(texts)).toMatchObject({
    '__streams.errors.omitted': 'record',
    '__streams.errors.offset': '1',
  });
  await log.close();
});
