import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('an invoice follows its order and its customer, and is deleted once with its order', () => {
  const written = drive(example).output(example.invoices).read();
  expect(written.map(({ key, value }) => [key, value])).toEqual([
    ['1', { customer: 'Ann', cents: 300 }],
    ['1', { customer: 'Anna', cents: 300 }],
    ['1', null],
  ]);
});
