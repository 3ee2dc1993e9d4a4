import { expect, test } from '@jest/globals';
import { bytes, compact, duration, instant, keyText } from './format.js';

test.each([
  [0, '0'],
  [7, '7'],
  [0.25, '0.3'],
  [950, '950'],
  [999.9, '1k'],
  [1_234, '1.2k'],
  [35_000_000, '35M'],
  [999_950, '1M'],
  [Number.NaN, '–'],
])('%p is %p in short', (value, expected) => {
  expect(compact(value)).toBe(expected);
});

test.each([
  [0, '0 ms'],
  [0.00005, '50 µs'],
  [0.0123, '12.3 ms'],
  [3.4, '3.4 s'],
  [300, '5 min'],
  [7_200, '2 h'],
])('%p s are %p', (seconds, expected) => {
  expect(duration(seconds)).toBe(expected);
});

test('sizes and instants have units', () => {
  expect([bytes(12), bytes(2_048), bytes(3 * 1_048_576)]).toEqual(['12 B', '2 KiB', '3 MiB']);
  expect([instant(5), instant(Date.UTC(2026, 0, 31, 12)), instant(Number.NaN), instant(1e17)]).toEqual([
    '5 ms',
    '2026-01-31 12:00',
    '–',
    '100000000000000000 ms',
  ]);
});

test('the key of a window has its bounds, with one date', () => {
  const start = Date.UTC(2026, 0, 31, 12);
  expect(keyText({ key: 'ann', start, end: start + 60_000 })).toBe('ann [2026-01-31 12:00 – 12:01)');
  expect(keyText({ key: 'ann', start: 0, end: 60_000 })).toBe('ann [0 ms – 60000 ms)');
  expect(keyText('ann')).toBe('ann');
});
