/** The known case of daily windows that begin at 18:00: sums, emitted on close, half an hour of grace. */
import { expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { double, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { boundaries, calendar, cron, type WindowSpec, windowed } from '../index.js';
import { Temporal } from './temporal.js';

const sales = topic('sales', { key: string, value: double });
const totals = topic('totals', { key: windowed(string), value: double });

type Sale = readonly [time: string, amount: number];

const run = (windows: WindowSpec, zone: string, records: readonly Sale[]) => {
  const app = streams('app');
  app
    .stream(sales)
    .groupByKey()
    .window(windows)
    .aggregate(
      () => 0,
      (sum, amount) => sum + amount,
      { value: double },
    )
    .toStream()
    .to(totals as never);
  const driver = testDriver(app);
  const at = (time: string) => Temporal.PlainDateTime.from(time).toZonedDateTime(zone).epochMilliseconds;
  const shown = (instant: number) =>
    Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime().toString().slice(0, 16);
  for (const [time, amount] of records) driver.input(sales).pipe('k', amount, at(time));
  const out = driver.output(totals).read();
  return {
    windows: out.map(({ key, value }) => [shown(key.start), shown(key.end), value]),
    hours: out.map(({ key }) => (key.end - key.start) / 3_600_000),
    late: driver.dropped('late'),
  };
};

const daily = (zone: string) => calendar('day', { zone, start: { time: '18:00' }, grace: '30m', emit: 'on-close' });

test('records of one day are one sum; after 18:00 the next day begins', () => {
  const records: Sale[] = [
    ['2019-01-01T16:29', 1],
    ['2019-01-01T16:30', 2],
    ['2019-01-01T16:31', 7],
    ['2019-01-01T18:31', 7],
    ['2019-01-02T18:31', 0],
  ];
  expect(run(daily('UTC'), 'UTC', records).windows).toEqual([
    ['2018-12-31T18:00', '2019-01-01T18:00', 10],
    ['2019-01-01T18:00', '2019-01-02T18:00', 7],
  ]);
});

test('a late record counts within the grace, and not after it', () => {
  const { windows, late } = run(daily('UTC'), 'UTC', [
    ['2019-01-01T16:29', 1],
    ['2019-01-01T16:30', 2],
    ['2019-01-01T18:01', 2],
    ['2019-01-01T16:31', 7],
    ['2019-01-01T18:31', 40],
    ['2019-01-01T16:35', 42],
    ['2019-01-02T18:31', 0],
  ]);
  expect(windows).toEqual([
    ['2018-12-31T18:00', '2019-01-01T18:00', 10],
    ['2019-01-01T18:00', '2019-01-02T18:00', 42],
  ]);
  expect(late).toBe(1);
});

const overTheWeekend = (month: string, days: readonly [string, string, string]): Sale[] => [
  [`${month}-${days[0]}T16:29`, 1],
  [`${month}-${days[0]}T16:30`, 9],
  [`${month}-${days[1]}T16:29`, 3],
  [`${month}-${days[1]}T17:59`, 7],
  [`${month}-${days[2]}T18:31`, 0],
];

test.each([
  ['UTC', '2019-03', ['30', '31', '31'], [24, 24]],
  ['Europe/Paris', '2019-03', ['30', '31', '31'], [24, 23]],
  ['Europe/Paris', '2019-10', ['26', '27', '27'], [24, 25]],
] as const)('days end at 18:00 in %s in %s, also when clocks change', (zone, month, days, hours) => {
  const found = run(daily(zone), zone, overTheWeekend(month, days));
  const before = `${Number(days[0]) - 1}`;
  expect(found.windows).toEqual([
    [`${month}-${before}T18:00`, `${month}-${days[0]}T18:00`, 10],
    [`${month}-${days[0]}T18:00`, `${month}-${days[1]}T18:00`, 10],
  ]);
  expect(found.hours).toEqual(hours);
});

test('an equal cron expression gives equal windows', () => {
  const records = overTheWeekend('2019-03', ['30', '31', '31']);
  const lines = cron('0 18 * * *', { zone: 'Europe/Paris', grace: '30m', emit: 'on-close' });
  expect(run(lines, 'Europe/Paris', records)).toEqual(run(daily('Europe/Paris'), 'Europe/Paris', records));
});

test('records outside the boundaries are in no window', () => {
  const terms = boundaries(['2024-01-01T00:00Z', new Date('2024-02-01'), Date.UTC(2024, 3)], { name: 'terms' });
  const { windows } = run(terms, 'UTC', [
    ['2023-12-31T23:59', 1],
    ['2024-01-31T12:00', 2],
    ['2024-02-01T00:00', 3],
    ['2024-04-01T00:00', 4],
  ]);
  expect(windows).toEqual([
    ['2024-01-01T00:00', '2024-02-01T00:00', 2],
    ['2024-02-01T00:00', '2024-04-01T00:00', 3],
  ]);
});

test('a day is emitted also when the next record comes much later', () => {
  const { windows } = run(daily('UTC'), 'UTC', [
    ['2024-03-01T12:00', 5],
    ['2024-03-09T12:00', 0],
  ]);
  expect(windows).toEqual([['2024-02-29T18:00', '2024-03-01T18:00', 5]]);
});
