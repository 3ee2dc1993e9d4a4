import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('forwards a report at the first visit and then per minute of stream time, once after a gap', () => {
  const reports = drive(example).output(example.visitors).read();
  expect(reports.map(({ value, timestamp }) => [value, timestamp])).toEqual([
    [1, 0],
    [3, 70_000],
    [4, 185_000],
  ]);
});
