/** Cron windows against a walk over every minute, and that they tile time; windows between given boundaries. */
import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '@kstreams/core/graph';
import fc from 'fast-check';
import { boundaries, cron } from '../index.js';
import { cronSpans } from './cron.js';
import { cronFields } from './cron-fields.js';
import { Temporal } from './temporal.js';

const minute = 60_000;
const shown = (zone: string, at: number): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toString().slice(0, 16);
const around = (line: string, zone: string, instant: string) => {
  const { start, end } = cronSpans(cronFields(line), zone)(Temporal.Instant.from(instant).epochMilliseconds);
  return [shown(zone, start), shown(zone, end), (end - start) / 3_600_000];
};

test.each<[string, string, string, readonly unknown[]]>([
  ['0 6,14,22 * * *', 'Europe/Berlin', '2024-03-31T01:30Z', ['2024-03-30T22:00', '2024-03-31T06:00', 7]],
  ['0 9 * * mon-fri', 'America/New_York', '2024-05-04T12:00Z', ['2024-05-03T09:00', '2024-05-06T09:00', 72]],
  ['30 2 * * *', 'Europe/Paris', '2024-03-31T12:00Z', ['2024-03-31T03:30', '2024-04-01T02:30', 23]],
  ['30 2 * * *', 'Europe/Paris', '2024-10-27T12:00Z', ['2024-10-27T02:30', '2024-10-28T02:30', 25]],
  ['0 0 1 JAN,jul *', 'UTC', '2024-02-01T00:00Z', ['2024-01-01T00:00', '2024-07-01T00:00', 4368]],
  ['0 0 29 2 *', 'UTC', '1899-01-01T00:00Z', ['1896-02-29T00:00', '1904-02-29T00:00', 70_104]],
  ['0 0 13 * 5', 'UTC', '2024-09-14T00:00Z', ['2024-09-13T00:00', '2024-09-20T00:00', 168]],
  ['*/20 8-9 * * 7', 'UTC', '2024-09-15T09:50Z', ['2024-09-15T09:40', '2024-09-22T08:00', 166.33333333333334]],
])('%s in %s at %s', (line, zone, instant, expected) => {
  expect(around(line, zone, instant)).toEqual(expected);
});

const numbers = (from: number, to: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: from, max: to }).map(String),
    fc
      .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
      .map(([a, b]) => (a <= b ? `${a}-${b}` : `${b},${a}`)),
    fc.integer({ min: 2, max: 9 }).map((step) => `*/${step}`),
  );
const lines = fc
  .tuple(numbers(0, 59), numbers(0, 23), numbers(1, 28), fc.constant('*'), numbers(0, 6))
  .map((fields) => fields.join(' '));

test('in UTC, a window reaches from one fitting minute to the next', () => {
  fc.assert(
    fc.property(lines, fc.integer({ min: 0, max: 4_000_000_000_000 }), (line, instant) => {
      const { start, end } = cronSpans(cronFields(line), 'UTC')(instant);
      const { minutes, on } = cronFields(line);
      const fits = (at: number): boolean => {
        const date = new Date(at);
        const ofDay = date.getUTCHours() * 60 + date.getUTCMinutes();
        return minutes.includes(ofDay) && on(date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay());
      };
      let [before, after] = [instant - (instant % minute), instant - (instant % minute) + minute];
      for (let walked = 0; !fits(before) && walked < 5_000; walked++) before -= minute;
      for (let walked = 0; !fits(after) && walked < 5_000; walked++) after += minute;
      if (fits(before)) expect(start).toBe(before);
      if (fits(after)) expect(end).toBe(after);
      expect(fits(start) && fits(end)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('windows tile time in any zone', () => {
  const zones = fc.constantFrom(
    'Europe/Paris',
    'America/Sao_Paulo',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Asia/Tehran',
  );
  const instants = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2040, 0) });
  fc.assert(
    fc.property(lines, zones, instants, (line, zone, instant) => {
      const of = cronSpans(cronFields(line), zone);
      const span = of(instant);
      expect(span.start <= instant && instant < span.end).toBe(true);
      expect([of(span.start), of(span.end - 1)]).toEqual([span, span]);
      expect(of(span.end).start).toBe(span.end);
    }),
    { numRuns: 150 },
  );
});

test.each([
  ['0 9 * *', 'has 4 fields'],
  ['61 * * * *', '"61" is not a valid minute'],
  ['0 9-8 * * *', '"9-8" is not a valid hour'],
  ['0 0 * * funday', '"funday" is not a valid weekday'],
  ['0 0 */0 * *', '"*/0" is not a valid day'],
  ['0 0 1-2-3 * *', '"1-2-3" is not a valid day'],
  ['0 0 30 2 *', 'has no date'],
])('%s is refused', (line, words) => {
  expect(() => cron(line, { zone: 'UTC' })).toThrow(ConfigError);
  expect(() => cron(line, { zone: 'UTC' })).toThrow(words);
});

describe('boundaries', () => {
  test.each<[readonly (number | string | Date)[], string]>([
    [[1], 'at least two instants'],
    [[1, 1], 'boundaries must ascend'],
    [['2024-01-01', '2025-01-01T00:00Z'], 'is not an instant'],
    [[0.5, 2], 'is not an instant'],
    [[new Date(Number.NaN), 2], 'is not an instant'],
  ])('%j are refused', (instants, words) => {
    expect(() => boundaries(instants)).toThrow(ConfigError);
    expect(() => boundaries(instants)).toThrow(words);
  });
});
