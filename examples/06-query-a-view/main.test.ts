import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('reads the newest rows of a key and of a range of keys', async () => {
  const view = drive(example).view(example.balances);
  expect(await example.readBalances(view, 'ann', 'bob')).toEqual({ first: 70, some: { ann: 70, anton: 7 } });
});
