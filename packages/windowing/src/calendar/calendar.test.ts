/** Calendar windows: known days, and that windows tile time in any zone. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { calendarSpans } from './calendar.js';
import { type AnyStart, type CalendarUnit, longestUnit } from './calendar-periods.js';
import { cachedSpans } from './span-cache.js';
import { Temporal } from './temporal.js';

const hours = 3_600_000;

/** The unit around an instant: its bounds as the zone's clock shows them, and how many hours it has. */
const around = (unit: CalendarUnit, zone: string, instant: string, start: AnyStart = {}) => {
  const span = calendarSpans(unit, zone, start)(Temporal.Instant.from(instant).epochMilliseconds);
  const shown = (at: number): string =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime().toString().slice(0, 16);
  return [shown(span.start), shown(span.end), (span.end - span.start) / hours];
};

describe('a day', () => {
  test.each<[string, string, AnyStart, readonly unknown[]]>([
    ['Europe/Paris', '2019-03-31T12:00Z', {}, ['2019-03-31T00:00', '2019-04-01T00:00', 23]],
    ['Europe/Paris', '2019-10-27T12:00Z', {}, ['2019-10-27T00:00', '2019-10-28T00:00', 25]],
    ['Europe/Paris', '2019-03-31T12:00Z', { time: '18:00' }, ['2019-03-30T18:00', '2019-03-31T18:00', 23]],
    ['Europe/Paris', '2019-03-31T12:00Z', { time: '02:30' }, ['2019-03-31T03:30', '2019-04-01T02:30', 23]],
    ['America/Sao_Paulo', '2018-11-04T12:00Z', {}, ['2018-11-04T01:00', '2018-11-05T00:00', 23]],
    ['America/Sao_Paulo', '2018-11-04T02:59Z', {}, ['2018-11-03T00:00', '2018-11-04T01:00', 24]],
    ['America/Havana', '2019-11-03T12:00Z', {}, ['2019-11-03T00:00', '2019-11-04T00:00', 25]],
    ['Asia/Kolkata', '2024-02-29T12:00Z', {}, ['2024-02-29T00:00', '2024-03-01T00:00', 24]],
    ['Australia/Lord_Howe', '2024-10-06T01:00Z', {}, ['2024-10-06T00:00', '2024-10-07T00:00', 23.5]],
    ['Pacific/Apia', '2011-12-30T09:59Z', {}, ['2011-12-29T00:00', '2011-12-31T00:00', 24]],
    ['Pacific/Apia', '2011-12-30T10:00Z', {}, ['2011-12-31T00:00', '2012-01-01T00:00', 24]],
  ])('in %s at %s, starting %j', (zone, instant, start, expected) => {
    expect(around('day', zone, instant, start)).toEqual(expected);
  });
});

test.each<[CalendarUnit, AnyStart, readonly unknown[]]>([
  ['week', {}, ['2024-03-25T00:00', '2024-04-01T00:00', 167]],
  ['week', { weekday: 'sunday', time: '06:00' }, ['2024-03-31T06:00', '2024-04-07T06:00', 168]],
  ['month', {}, ['2024-03-01T00:00', '2024-04-01T00:00', 743]],
  ['month', { day: 15 }, ['2024-03-15T00:00', '2024-04-15T00:00', 743]],
  ['quarter', {}, ['2024-01-01T00:00', '2024-04-01T00:00', 2183]],
  ['quarter', { month: 2 }, ['2024-02-01T00:00', '2024-05-01T00:00', 2159]],
  ['quarter', { month: 12 }, ['2024-03-01T00:00', '2024-06-01T00:00', 2207]],
  ['year', {}, ['2024-01-01T00:00', '2025-01-01T00:00', 8784]],
  ['year', { month: 7 }, ['2023-07-01T00:00', '2024-07-01T00:00', 8784]],
  ['year', { month: 4, day: 6 }, ['2023-04-06T00:00', '2024-04-06T00:00', 8784]],
])('a %s starting %j, in Berlin in the evening of the day on which clocks went ahead', (unit, start, expected) => {
  expect(around(unit, 'Europe/Berlin', '2024-03-31T20:00Z', start)).toEqual(expected);
});

/** All zones, and those with odd histories more often. */
const zones = fc.oneof(
  fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
  fc.constantFrom(
    ...['America/Sao_Paulo', 'Australia/Lord_Howe', 'Pacific/Apia', 'Pacific/Kwajalein', 'Africa/Casablanca'],
    ...['Antarctica/Troll', 'Asia/Tehran', 'Asia/Kathmandu', 'America/St_Johns', 'Europe/Dublin', 'Asia/Manila'],
  ),
);
const starts: fc.Arbitrary<AnyStart> = fc.record(
  {
    time: fc.tuple(fc.nat(23), fc.nat(59)).map(([h, m]) => `${`${h}`.padStart(2, '0')}:${`${m}`.padStart(2, '0')}`),
    weekday: fc.constantFrom('monday' as const, 'thursday' as const, 'sunday' as const),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  },
  { requiredKeys: [] },
);
const instants = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) });
const units = fc.constantFrom<CalendarUnit>('day', 'week', 'month', 'quarter', 'year');

test('windows tile time: each instant is in one, and what follows a window begins where it ends', () => {
  fc.assert(
    fc.property(units, zones, starts, instants, (unit, zone, start, instant) => {
      const of = calendarSpans(unit, zone, start);
      const span = of(instant);
      expect(span.start <= instant && instant < span.end).toBe(true);
      expect([of(span.start), of(span.end - 1)]).toEqual([span, span]);
      if (span.start > 0) expect(span.end - span.start).toBeLessThanOrEqual(longestUnit[unit]);
      expect(of(span.end).start).toBe(span.end);
      expect(of(span.start - 1).end).toBe(span.start);
    }),
    { numRuns: 500 },
  );
});

test('cached spans equal computed ones', () => {
  const walk = fc.array(fc.integer({ min: -40, max: 60 }), { minLength: 50, maxLength: 300, size: 'max' });
  fc.assert(
    fc.property(zones, instants, walk, (zone, from, steps) => {
      const found = calendarSpans('day', zone, {});
      const remembered = cachedSpans(found);
      let at = from;
      for (const step of steps) {
        at += step * 6 * hours;
        expect(remembered(at)).toEqual([found(at)]);
      }
    }),
    { numRuns: 12 },
  );
});

test('far more windows than the cache holds', () => {
  const remembered = cachedSpans((at) => ({ start: at - (at % 10), end: at - (at % 10) + 10 }));
  const wrong: number[] = [];
  for (const step of [7, -3]) {
    for (let at = 20_000; at > 0 && at < 40_000; at += step)
      if (remembered(at)[0].start !== at - (at % 10)) wrong.push(at);
  }
  expect(wrong).toEqual([]);
});
