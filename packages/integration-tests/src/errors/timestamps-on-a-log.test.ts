/** Invalid timestamps of global tables, of written records and of records on a log. */
import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import {
  type Entry,
  embedded,
  fromAsyncIterable,
  fromObservable,
  int32,
  memory,
  type OnError,
  start,
  streams,
  string,
  toAsyncIterable,
  topic,
  tumbling,
} from 'kstreams';
import { of } from 'rxjs';
import { bad, good, input, minute, out, policy } from './timestamp-inputs.js';

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
      .count({ name: 'n', value: int32 });
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
