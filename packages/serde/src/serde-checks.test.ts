import { describe, test } from '@jest/globals';
import { serdeChecks } from '@kstreams/testing';
import { bytes, double, int32, json, string, tuple } from './index.js';

describe.each([
  { name: 'string', checks: serdeChecks(string, { values: ['', 'naïve ✓'], refused: [1, '\ud800'], anyLength: true }) },
  { name: 'bytes', checks: serdeChecks(bytes, { values: [new Uint8Array([1, 2])], refused: ['a'], anyLength: true }) },
  { name: 'int32', checks: serdeChecks(int32, { values: [-7, 0, 2 ** 31 - 1], refused: [0.5, 2 ** 31] }) },
  { name: 'double', checks: serdeChecks(double, { values: [-0, 0.1, Number.NaN], refused: ['1'] }) },
  { name: 'json', checks: serdeChecks(json<object>(), { values: [{ a: [1, { b: null }] }], refused: [Number.NaN] }) },
  {
    name: 'tuple',
    checks: serdeChecks(tuple(string, int32), {
      values: [
        ['a', -1],
        ['a', 1],
        ['ab', 0],
      ],
      compare: ([a, i], [b, j]) => (a === b ? i - j : a < b ? -1 : 1),
    }),
  },
])('$name', ({ checks }) => {
  test.each(checks)('$name', ({ run }) => run());
});
