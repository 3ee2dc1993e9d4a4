import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('an order gets the name that its customer had when it arrived', () => {
  const written = drive(example).output(example.invoices).read();
  expect(written.map(({ key, value }) => [key, value?.name, value?.total])).toEqual([
    ['c1', 'Ann', 10],
    ['c2', 'unknown', 20],
    ['c1', 'Anna', 30],
  ]);
});
