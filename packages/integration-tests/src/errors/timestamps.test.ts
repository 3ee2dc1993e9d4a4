import { describe, expect, test } from '@jest/globals';
import { entries } from '@kstreams/test-support/entries';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import {
  type Context,
  type Failure,
  int32,
  json,
  keyValue,
  record,
  type Stream,
  session,
  sliding,
  streams,
  string,
  type Table,
  tumbling,
  type Windowed,
} from 'kstreams';
import { bad, good, input, negative, out, policy, windows } from './timestamp-inputs.js';

const isGood = (at: unknown): at is number => Number.isSafeInteger(at);

type Times = readonly unknown[];

/** Returns the failures, drops and written records of a topology after one record per timestamp and a commit. */
const run = async (
  times: Times,
  build: (stream: (timestamp?: (index: number) => number) => Stream<string, number>, times: readonly number[]) => void,
) => {
  const app = streams('app');
  build(
    (timestamp) => app.stream(input, timestamp && { timestamp: ({ value }) => timestamp(value as number) }),
    times as readonly number[],
  );
  const { failures, onError } = policy('skip');
  const driver = testDriver(app, { onError });
  for (const i of times.keys()) driver.input(input).pipe(`k${i % 2}`, i, 1_000);
  await driver.commit();
  const records = driver.writtenTopics.flatMap((name) =>
    entries(driver.output(name === 'out' ? out : (windows as never)).read()),
  );
  await driver.close();
  const skipped = driver.dropped('skipped-by-policy');
  return { failures, records, skipped, negative: driver.dropped('negative-timestamp') };
};

/** Expects one failure per invalid timestamp, with its record, its node and the timestamp. */
const expectBlamed = (failures: readonly Failure[], times: Times, node: string): void => {
  const blamed = times.flatMap((at, i) => (isGood(at) ? [] : [[i, node, 'processing']]));
  expect(failures.map(({ error, kind, record: from }) => [from?.offset, error.location.node, kind])).toEqual(blamed);
  for (const { error, record: from } of failures) {
    const at = times[from?.offset ?? -1];
    const shown = typeof at === 'string' ? JSON.stringify(at) : String(at);
    expect(error.message).toContain(`is ${shown}: use whole milliseconds since 1970`);
  }
};

/** Steps with clocks and rows. Their results are those of the valid records alone. */
const keepers: Readonly<Record<string, (stream: Stream<string, number>) => void>> = {
  'a count': (stream) => countAll(stream),
  'windows on update': (stream) => list(stream.groupByKey().window(tumbling('1m')).count(asCount)),
  'windows on close': (stream) =>
    list(
      stream
        .groupByKey()
        .window(tumbling('1m', { emit: 'on-close' }))
        .count(asCount),
    ),
  'sliding windows': (stream) => list(stream.groupByKey().window(sliding('1m')).count(asCount)),
  sessions: (stream) => list(stream.groupByKey().window(session('1m')).count(asCount)),
  'sessions on close': (stream) =>
    list(
      stream
        .groupByKey()
        .window(session('1m', { emit: 'on-close' }))
        .count(asCount),
    ),
};

const asCount = { name: 'n', value: int32 };

const countAll = (stream: Stream<string, number>): void => stream.groupByKey().count(asCount).toStream().to(out);

const list = (counts: Table<Windowed<string>, number>): void =>
  counts
    .toStream()
    .map((count, key) => ['all', [key, count]] as const, { key: string, value: json<unknown>() })
    .to(windows);

describe.each(Object.entries(keepers))('%s', (_, keep) => {
  test('an invalid extracted timestamp fails its own record and no other', async () => {
    const times = fc.array(fc.oneof(good, good, negative, bad), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(times, async (all) => {
        const build = (from: Times) => run(from, (stream, at) => keep(stream((i) => at[i] as number)));
        const result = await build(all);
        expectBlamed(result.failures, all, 'source-0');
        expect(result.skipped).toBe(all.length - all.filter(isGood).length);
        expect(result.negative).toBe(all.filter((at) => isGood(at) && at < 0).length);
        // A negative timestamp is dropped, so it takes the place of a bad one and keeps the keys of the others.
        const alone = await build(all.map((at) => (isGood(at) ? at : -1)));
        expect(result.records).toEqual(alone.records);
      }),
      { numRuns: 20 },
    );
  });
});

const seen = keyValue('seen', { key: string, value: int32 });
type Of = Context<string, number>;

/** Steps that set the timestamp of a record or a row, with the node that fails. */
const givers: Readonly<Record<string, readonly [node: string, give: (at: readonly number[]) => Give]>> = {
  'a forwarded record': [
    'step',
    (at) => (stream) =>
      stream.process(
        (context: Of) =>
          ({ key, value }) =>
            context.forward(record(key, value, at[value] as number)),
        { name: 'step', key: string, value: int32 },
      ),
  ],
  'a record forwarded as a literal': [
    'step',
    (at) => (stream) =>
      stream.process((context: Of) => (from) => context.forward({ ...from, timestamp: at[from.value] as number }), {
        name: 'step',
        key: string,
        value: int32,
      }),
  ],
  'a row': [
    'step',
    (at) => (stream) =>
      stream.process(
        (context: Of) => {
          const store = context.store(seen);
          return (from) => {
            context.forward(from);
            store.put(from.key, from.value, at[from.value] as number);
          };
        },
        { name: 'step', key: string, value: int32, stores: [seen] },
      ),
  ],
};
type Give = (stream: Stream<string, number>) => Stream<string, number>;

describe.each(Object.entries(givers))('%s with an invalid timestamp', (_, [node, give]) => {
  test('fails its record at its step and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(good, bad), { maxLength: 12 }), async (all) => {
        const build = (from: Times) => run(from, (stream, at) => countAll(give(at)(stream())));
        const result = await build(all);
        expectBlamed(result.failures, all, node);
        expect(result.skipped).toBe(all.length - all.filter(isGood).length);
        const counts = ['k0', 'k1'].map((_key, i) => all.filter((at, n) => n % 2 === i && isGood(at)).length);
        for (const [i, count] of counts.entries()) {
          const last = result.records.findLast(([key]) => key === `k${i}`);
          expect(last?.[1] ?? 0).toBe(count);
        }
      }),
      { numRuns: 20 },
    );
  });
});

test('a sink refuses an invalid timestamp', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(good, bad), { maxLength: 12 }), async (all) => {
      const result = await run(all, (stream, at) =>
        stream().to(out, { name: 'write', timestamp: ({ value }) => at[value] as number }),
      );
      expectBlamed(result.failures, all, 'write');
      expect(result.records.map(([, value, time]) => [value, time])).toEqual(
        all.flatMap((time, i) => (isGood(time) ? [[i, time]] : [])),
      );
    }),
  );
});

test('processValues refuses to forward a value with an invalid timestamp', async () => {
  const times = [1, Number.NaN, 2, 2.5];
  const result = await run(times, (stream, at) =>
    stream()
      .processValues((context) => (from) => context.forward(from.value, { timestamp: at[from.value] as number }), {
        name: 'step',
        value: int32,
      })
      .to(out),
  );
  expectBlamed(result.failures, times, 'step');
  expect(result.records.map(([, value]) => value)).toEqual([0, 2]);
});

test('a schedule that forwards an invalid timestamp fails at its step', () => {
  const app = streams('app');
  app
    .stream(input)
    .process(
      (context: Of) => {
        context.schedule('1s', 'wall', () => context.forward(record('k', 1, Number.NaN)));
        return () => {};
      },
      { name: 'step', key: string, value: int32 },
    )
    .to(out);
  const { failures, onError } = policy('skip');
  const driver = testDriver(app, { onError });
  driver.advance('1s');
  expect(failures.map(({ kind, error }) => [kind, error.location.node])).toEqual([['punctuation', 'step']]);
  expect(driver.writtenTopics).toEqual([]);
});
