import { expect, test } from '@jest/globals';
import type { AnySerde } from '@kstreams/core';
import { countSerde, StreamsError } from '@kstreams/core';
import { boolean, bytes, double, int32, int64, json, nullable, string, tuple } from '@kstreams/serde';
import { Random } from '@kstreams/simulation';
import { corruptBytes } from '@kstreams/test-support/corrupt-bytes';
import { windowed } from '@kstreams/windowing';
import { z } from 'zod';

const at = { topic: 'words', headers: [] };
const order = { id: 'o-1', lines: [{ sku: 'tea', amount: 3 }], paid: true };

const serdes: readonly (readonly [serde: AnySerde, value: unknown])[] = [
  [string, 'naïve ✓'],
  [bytes, new Uint8Array([1, 2, 3])],
  [boolean, true],
  [int32, -7],
  [int64, 2n ** 40n],
  [double, 0.1],
  [countSerde, 12],
  [json<typeof order>(), order],
  [json(z.object({ id: z.string(), paid: z.boolean() })), { id: 'o-1', paid: false }],
  [nullable(int32), 5],
  [tuple(string, int32), ['a', 1]],
  [windowed(string), { key: 'k', start: 0, end: 60_000 }],
];

test.each(serdes)('$name decodes corrupt bytes or throws an error of the library', (serde, value) => {
  const random = new Random(serde.name.length);
  const whole = serde.encode(value, at);
  for (let i = 0; i < 4_000; i++) {
    const corrupt = corruptBytes(random, whole);
    try {
      serde.decode(corrupt, at);
    } catch (thrown) {
      if (!(thrown instanceof StreamsError)) throw new Error(`${thrown} for ${corrupt}`, { cause: thrown });
    }
  }
  expect(serde.decode(whole, at)).toEqual(value);
});
