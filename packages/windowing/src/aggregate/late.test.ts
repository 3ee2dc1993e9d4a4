/** Late records: dropped and counted, and where they are routed written as they were, once each. */
import { describe, expect, test } from '@jest/globals';
import { type GroupedStream, streams, type Table } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { int32, nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import {
  boundaries,
  calendar,
  cron,
  hopping,
  type LateTopic,
  session,
  sliding,
  tumbling,
  type WindowEmitStrategy,
  type Windowed,
  window,
  windowed,
} from '../index.js';

const readings = topic('readings', { key: string, value: nullable(string) });
const results = topic('results', { key: windowed(string), value: nullable(int32) });
const late = topic('late-readings', { key: string, value: nullable(string) });

interface Options {
  readonly emit: WindowEmitStrategy;
  readonly late: { readonly to: LateTopic<string, string | null> };
}
type Group = GroupedStream<string, string | null>;

/** Every kind of windows, each so that a record at 5 is late once one at 10,000,000 has come. */
const kinds: readonly (readonly [
  name: string,
  count: (group: Group, options: Options) => Table<Windowed<string>, number>,
])[] = [
  ['tumbling', (group, options) => group.window(tumbling(10, options)).count()],
  ['hopping', (group, options) => group.window(hopping(10, { ...options, advance: 2 })).count()],
  ['sliding', (group, options) => group.window(sliding(10, options)).count()],
  ['session', (group, options) => group.window(session(10, options)).count()],
  ['calendar', (group, options) => group.window(calendar('day', { zone: 'UTC', retention: '2d', ...options })).count()],
  ['cron', (group, options) => group.window(cron('* * * * *', { zone: 'UTC', ...options })).count()],
  ['boundaries', (group, options) => group.window(boundaries([0, 10, 2 ** 40], options)).count()],
  [
    'a rule',
    (group, options) =>
      group
        .window(
          window(
            { name: 'tens', longest: 10, of: (at) => [{ start: at - (at % 10), end: at - (at % 10) + 10 }] },
            options,
          ),
        )
        .count(),
  ],
];

const newest = 100_000_000;

describe.each(kinds)('%s windows', (name, count) => {
  test.each<WindowEmitStrategy>(['on-update', 'on-close', { on: 'close', idleAfter: '1m' }])('emitted %j', (emit) => {
    const app = streams('app');
    count(app.stream(readings).groupByKey(), { emit, late: { to: late } })
      .toStream()
      .to(results);
    const driver = testDriver(app);
    const input = driver.input(readings);
    const header = [['trace', Uint8Array.of(7)]] as const;
    input.pipe('a', 'in time', newest);
    input.pipe('a', 'too late', 5, header);
    input.pipe('b', 'in time, too', newest);
    expect(driver.output(late).read()).toEqual([{ key: 'a', value: 'too late', timestamp: 5, headers: header }]);
    expect(driver.dropped('late')).toBe(name === 'hopping' ? 3 : 1);
    expect(
      driver
        .output(results)
        .read()
        .some(({ key }) => key.start <= 5),
    ).toBe(false);
  });
});

test('a record that is late for some windows is counted for each, and forwarded once', () => {
  const app = streams('app');
  const counts = app
    .stream(readings)
    .groupByKey()
    .window(hopping(10, { advance: 2, late: { to: late } }))
    .count();
  counts.toStream().to(results);
  const driver = testDriver(app);
  driver.input(readings).pipe('a', 'x', 20);
  driver.output(results).read();
  driver.input(readings).pipe('a', 'y', 15);
  expect(
    driver
      .output(results)
      .read()
      .map(({ key }) => key.start),
  ).toEqual([12, 14]);
  expect(driver.dropped('late')).toBe(3);
  expect(driver.output(late).length).toBe(1);
});

test('readers of the table get no late records, also through a table that looks it up', () => {
  const app = streams('app');
  const counts = app
    .stream(readings)
    .groupByKey()
    .window(tumbling(10, { late: { to: late } }))
    .count({ name: 'counts' });
  counts
    .mapValues((n) => n * 2, { value: int32 })
    .toStream()
    .to(results);
  const driver = testDriver(app);
  driver.input(readings).pipe('a', 'x', 100);
  driver.input(readings).pipe('a', 'y', 5);
  expect(
    driver
      .output(results)
      .read()
      .map(({ value }) => value),
  ).toEqual([2]);
});

test('`describe` shows the topic of late records', () => {
  const app = streams('app');
  app
    .stream(readings)
    .groupByKey()
    .window(tumbling(10, { late: { to: late } }))
    .count({ name: 'counts' })
    .toStream()
    .to(results);
  const text = String(app.describe());
  expect(text).toContain('counts (window-aggregate) keeps counts\n    → counts-late, to-stream-0');
  expect(text).toContain('counts-late (sink) writes late-readings');
});

test('without a topic for late records there is no sink', () => {
  for (const options of [{}, { late: 'drop' as const }]) {
    const app = streams('app');
    app.stream(readings).groupByKey().window(tumbling(10, options)).count({ name: 'counts' });
    expect(String(app.describe())).not.toContain('counts-late');
  }
});
