import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { entries } from '@kstreams/test-support/entries';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import {
  type Context,
  type Decision,
  type Entry,
  embedded,
  type Failure,
  fromAsyncIterable,
  fromObservable,
  int32,
  json,
  keyValue,
  memory,
  type OnError,
  record,
  type Stream,
  session,
  sliding,
  start,
  streams,
  string,
  type Table,
  toAsyncIterable,
  topic,
  tumbling,
  type Windowed,
} from 'kstreams';
import { of } from 'rxjs';

/** The value of an input is the index of its timestamp, since JSON has no NaN. */
const input = topic('in', { key: string, value: int32 });
const out = topic('out', { key: string, value: int32 });
const windows = topic('windows', { key: string, value: json<unknown>() });

const minute = 60_000;
const good = fc.integer({ min: 0, max: 20 * minute });
const negative = fc.integer({ min: -minute, max: -1 });
const bad = fc.constantFrom<unknown>(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1_000.5,
  -0.25,
  2 ** 53,
  1e20,
  undefined,
  null,
  '1709315512577',
  1_709_315_512_577n,
  new Date(1_000),
);
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

/** Returns an error policy with one decision, and the failures that it received. */
const policy = (decision: Decision): { failures: Failure[]; onError: OnError } => {
  const failures: Failure[] = [];
  const onError: OnError = (failure) => {
    failures.push(failure);
    return decision;
  };
  return { failures, onError };
};

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

describe('a global table', () => {
  const times = [1, Number.NaN, 3, 4.5];
  const open = (onError?: OnError) => {
    const app = streams('app');
    app.globalTable(input, { name: 'everywhere', timestamp: ({ value }) => times[value as number] as number });
    return testDriver(app, onError && { onError });
  };

  test('skips and counts a record when the policy skips it or names a dead-letter topic', () => {
    for (const decision of ['skip', { deadLetter: 'letters' }] as const) {
      const { failures, onError } = policy(decision);
      const driver = open(onError);
      for (const i of times.keys()) driver.input(input).pipe(`k${i}`, i, 1_000);
      expect(failures.map(({ error, record: from }) => [error.location.offset, from?.offset])).toEqual([
        [1, 1],
        [3, 3],
      ]);
      expect(failures[0]?.error.message).toContain('the extracted timestamp is NaN');
      expect(driver.drops).toEqual([{ node: 'everywhere', reason: 'skipped-by-policy', count: 2 }]);
    }
  });

  test('fails for any other decision', () => {
    for (const onError of [undefined, () => 'fail', () => ({ retryAfter: '1s' })] as (OnError | undefined)[]) {
      expect(() => open(onError).input(input).pipe('k', 1, 1_000)).toThrow('the extracted timestamp is NaN');
    }
  });
});

describe('a written record with an invalid timestamp', () => {
  const explicit = bad.filter((at) => at !== undefined);

  async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
    yield* items;
  }

  test.each([
    ['fromAsyncIterable', (list: readonly Entry<string, number>[]) => iterate(list)],
    ['fromObservable', (list: readonly Entry<string, number>[]) => of(...list)],
  ] as const)('is refused by %s, after the entries before it', async (_name, sourceOf) => {
    await fc.assert(
      fc.asyncProperty(fc.array(good, { maxLength: 3 }), explicit, async (before, at) => {
        const transport = embedded();
        const list = [...before, at as number, 7].map((timestamp, value) => ({ key: 'k', value, timestamp }));
        const source = sourceOf(list);
        const written =
          Symbol.asyncIterator in source
            ? fromAsyncIterable(source, input, { transport })
            : fromObservable(source, input, { transport });
        await expect(written).rejects.toThrow('the timestamp of an entry for topic "in" is');
        const records = [];
        for await (const one of toAsyncIterable(input, { transport, untilEnd: true })) records.push(one.timestamp);
        expect(records).toEqual(before);
        await transport.close();
      }),
      { numRuns: 15 },
    );
  });

  test('is refused by the input of a test driver', () => {
    const app = streams('app');
    app.stream(input).to(out);
    const driver = testDriver(app);
    fc.assert(
      fc.property(explicit, (at) => {
        expect(() => driver.input(input).pipe('k', 1, at as number)).toThrow('of a record for topic "in" is');
      }),
    );
    expect(driver.writtenTopics).toEqual([]);
  });
});

describe('on a log', () => {
  const dates = topic('dates', { key: string, value: string });
  const write = async (values: readonly string[], keyOf: (i: number) => string) => {
    const transport = embedded();
    const admin = await transport.admin();
    await admin.create([{ name: 'dates', partitions: 1, config: { 'cleanup.policy': 'compact' } }]);
    await admin.close();
    const list = values.map((value, i) => ({ key: keyOf(i), value, timestamp: 1_000 }));
    await fromAsyncIterable(
      (async function* () {
        yield* list;
      })(),
      dates,
      { transport },
    );
    return transport;
  };
  const good = ['2024-01-01T00:00:01Z', '2024-01-01T00:00:02Z', '2024-01-01T00:01:01Z', '2024-01-01T00:02:01Z'];

  test('an invalid date opens no window, and all other rows are restored', async () => {
    const transport = await write([good[0] as string, 'soon', ...good.slice(1)], () => 'k');
    const app = streams('app');
    const counts = app
      .stream(dates, { timestamp: ({ value }) => Date.parse(value as string) })
      .groupByKey()
      .window(tumbling('1m', { grace: '10h' }))
      .count(asCount);
    const { failures, onError } = policy('skip');
    const rows = async (end: number) => {
      const running = await start(app, { transport, state: memory(), commitInterval: 0, logger: quiet, onError });
      await running.running();
      await awaitCommitted(transport, running, { topic: 'dates', partition: 0 }, end);
      const found = [];
      for await (const [{ start: from }, { value }] of running.view(counts).all()) found.push([from, value]);
      const drops = [...running.drops];
      await running.close();
      return { found, drops };
    };
    const first = Date.parse('2024-01-01');
    const found = [0, 1, 2].map((i) => [first + i * minute, i === 0 ? 2 : 1]);
    expect(await rows(5)).toEqual({ found, drops: [['source-0 skipped-by-policy', 1]] });
    expect(failures.map(({ error, record: from }) => [error.location.offset, from?.offset])).toEqual([[1, 1]]);
    expect(await rows(5)).toEqual({ found, drops: [] });
    await transport.close();
  });

  test('a table restored from its topic leaves out the skipped record', async () => {
    const transport = await write([good[0] as string, 'soon', good[1] as string], (i) => `k${i}`);
    const app = streams('app');
    const table = app.table(dates, { name: 'dates', timestamp: ({ value }) => Date.parse(value as string) });
    for (let run = 0; run < 2; run++) {
      const { failures, onError } = policy('skip');
      const running = await start(app, { transport, state: memory(), commitInterval: 0, logger: quiet, onError });
      await running.running();
      await awaitCommitted(transport, running, { topic: 'dates', partition: 0 }, 3);
      const found = [];
      for await (const [key, { timestamp }] of running.view(table).all()) found.push([key, timestamp]);
      expect(found).toEqual([
        ['k0', Date.parse(good[0] as string)],
        ['k2', Date.parse(good[1] as string)],
      ]);
      expect(failures.map(({ kind, error }) => [kind, error.location.offset])).toEqual([['processing', 1]]);
      await running.close();
    }
    await transport.close();
  });
});
