import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('a cart is reported half an hour after its last change, unless it was paid', () => {
  const carts = drive(example).output(example.forgotten).read();
  expect(carts.map(({ key, value, timestamp }) => [key, value, timestamp / 60_000])).toEqual([
    ['bob', 'jam', 35],
    ['cid', 'salt', 64],
  ]);
});
