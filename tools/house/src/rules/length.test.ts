import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { length } from './length.js';

const lines = (count: number) => 'export {};\n'.repeat(count);

test('a source ends by line 250, a test by line 300', () => {
  expect(complaints(length, { 'bench/a.ts': lines(250), 'bench/a.test.ts': lines(300) })).toEqual([]);
  expect(complaints(length, { 'bench/a.ts': lines(251), 'bench/a.test.ts': lines(301) })).toEqual([
    'bench/a.ts:251 251 lines, ceiling 250',
    'bench/a.test.ts:301 301 lines, ceiling 300',
  ]);
});
