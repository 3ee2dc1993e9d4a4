import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Duration, toMilliseconds } from './duration.js';
import { ConfigError } from './errors.js';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const unit = fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[]));
const digits = fc.nat(12).chain((length) => fc.nat(10 ** length - 1).map((n) => String(n).padStart(length, '0')));

describe('a duration', () => {
  test('of a decimal text is exact: whole milliseconds are returned, others are refused', () => {
    fc.assert(
      fc.property(fc.nat(100_000), digits, unit, (whole, fraction, named) => {
        const text = `${whole}${fraction === '' ? '' : `.${fraction}`}${named}` as Duration;
        const scale = 10n ** BigInt(fraction.length);
        const scaled = BigInt(`${whole}${fraction}`) * BigInt(units[named]);
        if (scaled % scale === 0n) expect(toMilliseconds(text, 'the size')).toBe(Number(scaled / scale));
        else expect(() => toMilliseconds(text, 'the size')).toThrow(ConfigError);
      }),
      { numRuns: 1_000 },
    );
  });

  test('with up to three decimals of a second, a minute, an hour or a day is never refused when it is whole', () => {
    for (const named of ['s', 'm', 'h', 'd'] as const) {
      for (let i = 1; i < 2_000; i++) {
        const exact = (i * units[named]) / 1_000;
        expect(toMilliseconds(`${(i / 1_000).toFixed(3)}${named}` as Duration, 'the size')).toBe(exact);
      }
    }
  });

  test.each(['1.1h', '8.2m', '1.001s', '2.3m'] as const)('%s is a whole number of milliseconds', (text) => {
    expect(Number.isInteger(toMilliseconds(text, 'the size'))).toBe(true);
  });

  test.each([
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    '',
    '5',
    '5 m',
    '-5m',
    '.5s',
    '5.s',
    '0.5ms',
    '1e3s',
    '9007199254740992ms',
    null,
    {},
    5n,
  ])('%p is refused with its name and value', (given) => {
    expect(() => toMilliseconds(given as Duration, 'the size')).toThrow(/^the size is .*, which is not a duration/);
  });
});
