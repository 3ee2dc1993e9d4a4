import { expect, test } from '@jest/globals';
import * as example from './06-query-a-view.js';
import { drive } from './example.js';

test('a key and a range of keys are answered with their newest rows', async () => {
  const view = drive(example).view(example.balances);
  expect(await example.answer(view, 'ann', 'bob')).toEqual({ first: 70, some: { ann: 70, anton: 7 } });
});
