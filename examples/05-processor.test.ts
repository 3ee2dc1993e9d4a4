import { expect, test } from '@jest/globals';
import * as example from './05-processor.js';
import { drive } from './example.js';

test('a report comes with the first visit and then every minute of the visits’ own time, one for minutes without any', () => {
  const reports = drive(example).output(example.visitors).read();
  expect(reports.map(({ value, timestamp }) => [value, timestamp])).toEqual([
    [1, 0],
    [3, 70_000],
    [4, 185_000],
  ]);
});
