/** Stores distinguish keys by their bytes, as partitions do. */
import { expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { type AnySerde, topic } from '@kstreams/core/graph';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { boolean, bytes, double, int32, int64, json, nullable, string, tuple } from './index.js';

const few = (...values: unknown[]) => fc.array(fc.constantFrom(...values), { maxLength: 12 });

test.each<{ key: AnySerde; several: fc.Arbitrary<unknown[]> }>([
  { key: string, several: few('', 'a', 'b', '0', '\0') },
  { key: int32, several: few(0, 1, -1) },
  { key: int64, several: few(0n, 1n, -1n) },
  { key: boolean, several: few(true, false) },
  { key: double, several: few(0, -0, Number.NaN, 1, -1, Number.POSITIVE_INFINITY) },
  { key: nullable(double), several: few(0, -0, 1) },
  { key: bytes, several: few(Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(0, 1)) },
  // A string of JSON and its object are different keys; 0 and -0 are one.
  { key: json<unknown>(), several: few({ a: 1, b: 2 }, { b: 2, a: 1 }, '{"a":1,"b":2}', 0, -0, '0', [0], ['0']) },
  { key: tuple(string, double), several: few(['a', 0], ['a', -0], ['', 0], ['', Number.NaN]) },
])('$key.name', ({ key, several }) => {
  const idOf = (value: unknown): string => String(key.encode(value, { topic: 'input', headers: [] }));
  fc.assert(
    fc.property(several, (keys) => {
      const input = topic('input', { key, value: string });
      const output = topic('output', { key, value: int32 });
      const app = streams('app');
      app.stream(input).groupByKey().count({ value: int32 }).toStream().to(output);
      const driver = testDriver(app);
      const times = new Map<string, number>();
      const expected = keys.map((one) => {
        driver.input(input).pipe(one, 'x', 0);
        const count = (times.get(idOf(one)) ?? 0) + 1;
        times.set(idOf(one), count);
        return [idOf(one), count];
      });
      const counts = driver.output(output).read();
      expect(counts.map((record) => [idOf(record.key), record.value])).toEqual(expected);
    }),
  );
});
