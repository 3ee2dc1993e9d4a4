import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('one card is reported, with all payments of the session that a late payment connected', () => {
  const driver = drive(example);
  expect(driver.output(example.suspicions).read()).toMatchObject([
    {
      key: { key: 'c1', start: 0, end: 10.5 * 60_000 },
      value: { payments: 3, countries: ['DE', 'BR'], cents: 71_000 },
    },
  ]);
});
