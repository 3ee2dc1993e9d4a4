import { describe, expect, test } from '@jest/globals';
import { fromUtf8, toUtf8 } from '@kstreams/core/graph';
import { compiled, typeOf } from '@kstreams/test-support/type-of';
import fc from 'fast-check';
import { z } from 'zod';
import { json } from './index.js';

const at = { topic: 'accounts', headers: [] };
const first = z.strictObject({ total: z.number() });
const second = z.strictObject({ cents: z.number().int(), notes: z.array(z.string()) });

const account = json(second, {
  upgrade: (older) => ({ cents: Math.round(100 * first.parse(older).total), notes: [] }),
});

describe('an older shape', () => {
  test('is upgraded when it is read, and written as the new one', () => {
    const read = account.decode(json(first).encode({ total: 1.5 }, at), at);
    expect(read).toEqual({ cents: 150, notes: [] });
    expect(fromUtf8(account.encode(read, at))).toBe('{"cents":150,"notes":[]}');
  });

  test('whatever it holds; and what has the new shape is never given to the upgrade', () => {
    let upgrades = 0;
    const counted = json(second, {
      upgrade: (older) => {
        upgrades++;
        return { cents: first.parse(older).total, notes: [] };
      },
    });
    const value = fc.record({ cents: fc.integer(), notes: fc.array(fc.string()) });
    fc.assert(fc.property(value, (one) => expect(counted.decode(counted.encode(one, at), at)).toEqual(one)));
    expect(upgrades).toBe(0);
    fc.assert(
      fc.property(fc.integer(), (total) =>
        expect(counted.decode(json(first).encode({ total }, at), at)).toEqual({ cents: total, notes: [] }),
      ),
    );
    expect(upgrades).toBeGreaterThan(0);
  });
});

test('what is of no known shape is refused, with what was wrong with either', () => {
  expect(() => account.decode(toUtf8('{"total":"x"}'), at)).toThrow(
    /cents: .*, and it could not be upgraded: .*expected number/s,
  );
  const odd = json(second, { upgrade: () => ({ cents: 0.5, notes: [] }) });
  expect(() => odd.decode(toUtf8('{}'), at)).toThrow(/could not be upgraded: cents: .*int/s);
  expect(() => account.decode(toUtf8('null'), at)).toThrow(/only nullable\(json\(\)\) reads/);
});

test('what is written is not upgraded', () => {
  expect(() => account.encode({ total: 1 } as never, at)).toThrow(/cents/);
});

test('the upgrade gives what the schema takes', () => {
  typeOf(account.decode(toUtf8('{"cents":1,"notes":[]}'), at)).is<{ cents: number; notes: string[] }>(true);
  compiled(() => {
    // @ts-expect-error a part is missing
    json(second, { upgrade: () => ({ cents: 1 }) });
    // @ts-expect-error what is older is unknown
    json(second, { upgrade: (older) => ({ cents: older.total, notes: [] }) });
    // @ts-expect-error without a schema nothing is refused
    json<number>({ upgrade: () => 1 });
  });
});
