import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('balances add up through crashes and lost partitions', async () => {
  expect(
    drive(example)
      .output(example.output[0])
      .read()
      .map(({ value }) => value),
  ).toEqual([100, 70]);
  const reports = await example.proof(10);
  const faults = reports.flatMap((report) => [...report.faults.values()]);
  expect(faults.length).toBeGreaterThan(0);
});
