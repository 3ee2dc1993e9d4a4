import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { type Context, record, topic } from '@kstreams/core/graph';
import { keyValue } from '@kstreams/core/state';
import { double, nullable, string } from '@kstreams/serde';
import { memoryStore } from '@kstreams/stores';
import { tumbling } from '@kstreams/windowing';
import { testDriver } from './index.js';

const lines = topic('lines', { key: string, value: string });
const more = topic('more', { key: string, value: string });
const out = topic('out', { key: string, value: string });

describe('records', () => {
  test('enter with a timestamp, or that of the wall clock, and are read typed, in order, once', () => {
    const app = streams('app');
    app.stream(lines).to(out);
    const driver = testDriver(app, { wallClock: 100 });
    driver.input(lines).pipe('a', 'x', 5);
    driver.advance('1s');
    driver.input(lines).pipe('b', 'y');
    const output = driver.output(out);
    expect(output.length).toBe(2);
    const [first, second]: string[] = output.read().map(({ key, value, timestamp }) => `${key} ${value} ${timestamp}`);
    expect([first, second]).toEqual(['a x 5', 'b y 1100']);
    expect(output.read()).toEqual([]);
    expect(driver.wallClock).toBe(1_100);
  });

  test('unread topics are listed', () => {
    const app = streams('app');
    app.stream(lines).to(out);
    const driver = testDriver(app);
    expect([driver.writtenTopics, driver.unreadTopics]).toEqual([[], []]);
    driver.input(lines).pipe('a', 'x', 1);
    expect([driver.writtenTopics, driver.unreadTopics]).toEqual([['out'], ['out']]);
    driver.output(out).read();
    expect([driver.writtenTopics, driver.unreadTopics]).toEqual([['out'], []]);
  });

  test('output to a source topic is processed within the same call', () => {
    const app = streams('app');
    app
      .stream(lines)
      .mapValues((line) => `${line}!`)
      .to(more);
    app
      .stream(more)
      .mapValues((line) => `${line}?`)
      .to(out);
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'x', 1);
    expect(
      driver
        .output(out)
        .read()
        .map(({ value }) => value),
    ).toEqual(['x!?']);
  });

  test('of a source by pattern come from the topics in the options', () => {
    const app = streams('app');
    app.stream({ pattern: /line.*/, key: string, value: string }).to(out);
    const driver = testDriver(app, { topics: ['lines', 'outlines'] });
    driver.input(lines).pipe('a', 'x', 1);
    expect(driver.output(out).length).toBe(1);
    expect(() => driver.input(topic('outlines', { value: string }))).toThrow('nothing reads topic "outlines"');
    expect(() => testDriver(app, { topics: ['others'] })).toThrow('no topic matches /line.*/');
  });
});

describe('mistakes in a test are errors that list the alternatives', () => {
  const app = streams('app');
  app
    .stream(lines)
    .groupByKey()
    .count({ name: 'counted' })
    .toStream()
    .to(topic('out', { key: string, value: double }));
  app.globalTable(more);

  test('a topic that is not read', () => {
    expect(() => testDriver(app).input(out)).toThrow('nothing reads topic "out"; the topology reads "lines", "more"');
  });

  test('a topic that is not written, unless records choose theirs', () => {
    expect(() => testDriver(app).output(lines)).toThrow('nothing writes topic "lines"; the topology writes "out"');
    const choosing = streams('choosing');
    choosing.stream(lines).to({ choose: () => 'chosen', key: string, value: string });
    expect(testDriver(choosing).output(out).length).toBe(0);
  });

  test('a store that is not kept', () => {
    expect(() => testDriver(app).store('count')).toThrow(
      'the topology keeps no store "count"; its stores: "counted", "global-table-0"',
    );
    expect(() => testDriver(app).store(keyValue('seen', { key: string, value: double }))).toThrow(
      'the topology keeps no store "seen"',
    );
  });
});

describe('stores', () => {
  test('are read as tables', async () => {
    const app = streams('app');
    const group = app.stream(lines).groupByKey();
    const counted = group.count({ name: 'counted' });
    const perMinute = group.window(tumbling('1m')).count({ name: 'per-minute' });
    const driver = testDriver(app);
    for (const [key, at] of [
      ['b', 5],
      ['a', 1],
      ['b', 70_000],
    ] as const)
      driver.input(lines).pipe(key, 'x', at);
    expect(driver.view(counted).get('b')).toBe(2);
    expect(driver.view(counted).get('c')).toBeUndefined();
    const rows: unknown[] = [];
    for await (const row of driver.view(counted).all()) rows.push(row);
    expect(rows).toEqual([
      ['a', { value: 1, timestamp: 1 }],
      ['b', { value: 2, timestamp: 70_000 }],
    ]);
    expect(driver.view(perMinute).get({ key: 'b', start: 60_000, end: 120_000 })).toBe(1);
    expect(() => driver.view(app.stream(lines).toTable())).toThrow('this table keeps no rows');
  });
});

describe('failures', () => {
  test('are thrown by the call that caused them, and the next record is processed normally', () => {
    const app = streams('app');
    const stream = app.stream(lines).peek((line) => {
      if (line === 'bad') throw new Error('no good');
    });
    stream.to(out);
    const driver = testDriver(app);
    const input = driver.input(lines);
    expect(() => input.pipe('a', 'bad', 1)).toThrow(
      /node "peek-0" failed: no good.*topic lines, partition 0, offset 0/,
    );
    input.pipe('a', 'good', 2);
    expect(
      driver
        .output(out)
        .read()
        .map(({ value }) => value),
    ).toEqual(['good']);
  });

  test('drop the records that still wait', () => {
    const app = streams('app');
    app
      .stream(lines)
      .flatMapValues((line) => line.split(' '))
      .to(more);
    const done: string[] = [];
    app.stream(more).forEach((word) => {
      if (word === 'bad') throw new Error('no good');
      done.push(word);
    });
    const driver = testDriver(app);
    expect(() => driver.input(lines).pipe('a', 'one bad two', 1)).toThrow('no good');
    driver.input(lines).pipe('a', 'three', 2);
    expect(done).toEqual(['one', 'three']);
  });

  test('go to an error policy: skips are drops, dead letters are written, retries wait for the clock', () => {
    const app = streams('app');
    let down = true;
    app
      .stream(lines)
      .peek((line) => {
        if (line === 'bad' || (line === 'later' && down)) throw new Error('no good');
      })
      .to(out);
    const driver = testDriver(app, {
      onError: ({ record }) => {
        const line = new TextDecoder().decode(record?.value ?? undefined);
        return line === 'later' ? { retryAfter: '1s' } : line === 'bad' ? { deadLetter: 'dead' } : 'skip';
      },
    });
    const input = driver.input(lines);
    input.pipe('a', 'bad', 1);
    input.pipe('a', null, 2);
    input.pipe('a', 'later', 3);
    expect(driver.output(out).length).toBe(0);
    expect(driver.output(topic('dead', { key: string, value: string })).read()).toMatchObject([{ value: 'bad' }]);
    down = false;
    driver.advance('1s');
    expect(driver.output(out).read()).toMatchObject([{ value: 'later' }]);
    expect(driver.dropped('skipped-by-policy')).toBe(2);
  });
});

describe('drops', () => {
  test('are counted by node and reason', () => {
    const app = streams('app');
    const nullables = topic('nullables', { key: nullable(string), value: nullable(string) });
    app.stream(nullables).groupByKey().count({ name: 'counted' });
    const driver = testDriver(app);
    const input = driver.input(nullables);
    input.pipe(null, 'x', 1);
    input.pipe('a', null, 2);
    input.pipe(null, 'y', 3);
    expect(driver.drops).toEqual([
      { node: 'counted', reason: 'null-key', count: 2 },
      { node: 'counted', reason: 'null-value', count: 1 },
    ]);
    expect([driver.dropped(), driver.dropped('null-key'), driver.dropped('late')]).toEqual([3, 2, 0]);
  });
});

describe('the wall clock moves by hand', () => {
  test('a schedule fires once for all missed periods; one on stream time fires with the records', () => {
    const app = streams('app');
    const fired: unknown[] = [];
    app.stream(lines).process((context: Context<string, string>) => {
      const cancel = context.schedule('10s', 'wall', (at) => {
        fired.push(['wall', at]);
        if (at > 40_000) cancel();
      });
      context.schedule('10s', 'stream', (at) => fired.push(['stream', at]));
      return (from) => context.forward(record(from.key, from.value, from.timestamp));
    });
    const driver = testDriver(app);
    driver.advance('9999ms');
    driver.advance(1);
    driver.advance('35s');
    driver.advance('1m');
    driver.input(lines).pipe('a', 'x', 25_000);
    expect(fired).toEqual([
      ['wall', 10_000],
      ['wall', 45_000],
      ['stream', 25_000],
    ]);
  });

  test('close runs the releases of processors, the last one first', async () => {
    const app = streams('app');
    const closed: string[] = [];
    app.stream(lines).process((context: Context<string, string>) => {
      context.onClose(() => void closed.push('first'));
      context.onClose(async () => void closed.push('second'));
      return () => {};
    });
    await testDriver(app).close();
    expect(closed).toEqual(['second', 'first']);
  });
});

describe('a commit writes rows to the backend', () => {
  test('evicted rows are read from there', async () => {
    const bytes = memoryStore();
    const counts = topic('counts', { key: string, value: double });
    const app = streams('app');
    app
      .stream(lines)
      .groupByKey()
      .count({ name: 'counted' })
      .toStream()
      .mapValues(Number, { value: double })
      .to(counts);
    const driver = testDriver(app, { bytes, liveLimit: 1 });
    const everything = [Uint8Array.of(), Uint8Array.of(255)] as const;
    for (const key of ['a', 'b', 'a']) {
      driver.input(lines).pipe(key, 'x', 1);
      await driver.commit();
    }
    let rows = 0;
    for await (const _ of bytes.scan(...everything)) rows++;
    expect(rows).toBe(2);
    await bytes.clear(...everything);
    driver.input(lines).pipe('b', 'x', 1);
    expect(
      driver
        .output(counts)
        .read()
        .map(({ value }) => value),
    ).toEqual([1, 1, 2, 1]);
  });
});

test('stream time survives several restarts, also that of a topic without new records', async () => {
  const app = streams('app');
  app
    .stream([lines, more])
    .process(
      (context: Context<string, string>) =>
        ({ key, timestamp }) => {
          context.forward(record(key, `${context.time.stream}`, timestamp));
        },
      { value: string },
    )
    .to(out);
  const driver = testDriver(app);
  driver.input(lines).pipe('a', 'x', 10);
  await driver.restart();
  driver.input(more).pipe('a', 'x', 7);
  await driver.restart();
  driver.input(more).pipe('a', 'x', 5);
  expect(
    driver
      .output(out)
      .read()
      .map(({ value }) => value),
  ).toEqual(['10', '10', '10']);
});
