import { expect, test } from '@jest/globals';
import * as example from './04-enrich-from-a-table.js';
import { drive } from './example.js';

test('an order has its customer’s name as it was when the order came', () => {
  const written = drive(example).output(example.invoices).read();
  expect(written.map(({ key, value }) => [key, value?.name, value?.total])).toEqual([
    ['c1', 'Ann', 10],
    ['c2', 'unknown', 20],
    ['c1', 'Anna', 30],
  ]);
});
