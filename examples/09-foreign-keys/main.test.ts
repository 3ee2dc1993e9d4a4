import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('a change of an order or of a customer updates its shipments', () => {
  const written = drive(example).output(example.shipments).read();
  expect(written.map(({ key, value }) => [key, value?.to ?? null])).toEqual([
    ['o1', 'unknown'],
    ['o1', 'Berlin'],
    ['o2', 'Berlin'],
    ['o1', 'Bonn'],
    ['o2', 'Bonn'],
    ['o1', 'unknown'],
    ['o2', null],
  ]);
});
