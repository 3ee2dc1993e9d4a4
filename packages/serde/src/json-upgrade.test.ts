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

describe('a value of an earlier version', () => {
  test('is upgraded while decoding and encoded in the new shape', () => {
    const read = account.decode(json(first).encode({ total: 1.5 }, at), at);
    expect(read).toEqual({ cents: 150, notes: [] });
    expect(fromUtf8(account.encode(read, at))).toBe('{"cents":150,"notes":[]}');
  });

  test('is upgraded with any content; values of the new shape are not', () => {
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

test('a value of no known shape is refused with both reasons', () => {
  expect(() => account.decode(toUtf8('{"total":"x"}'), at)).toThrow(
    /cents: .*, and the upgrade failed: .*expected number/s,
  );
  const odd = json(second, { upgrade: () => ({ cents: 0.5, notes: [] }) });
  expect(() => odd.decode(toUtf8('{}'), at)).toThrow(/the upgrade failed: cents: .*int/s);
  expect(() => account.decode(toUtf8('null'), at)).toThrow(/read them with nullable\(json\(\)\)/);
});

test('encoding never upgrades', () => {
  expect(() => account.encode({ total: 1 } as never, at)).toThrow(/cents/);
});

test('the upgrade returns the input type of the schema', () => {
  typeOf(account.decode(toUtf8('{"cents":1,"notes":[]}'), at)).is<{ cents: number; notes: string[] }>(true);
  compiled(() => {
    // @ts-expect-error `notes` is missing
    json(second, { upgrade: () => ({ cents: 1 }) });
    // @ts-expect-error `older` is unknown
    json(second, { upgrade: (older) => ({ cents: older.total, notes: [] }) });
    // @ts-expect-error an upgrade needs a schema
    json<number>({ upgrade: () => 1 });
  });
});
