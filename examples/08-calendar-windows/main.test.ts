import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('a day of 23 hours closes half an hour after 18:00; the next one after an hour without a ticket', () => {
  const driver = drive(example);
  const written = () =>
    driver
      .output(example.takings)
      .read()
      .map(({ key, value }) => [new Date(key.start).toISOString(), new Date(key.end).toISOString(), value]);
  expect(written()).toEqual([['2019-03-30T17:00:00.000Z', '2019-03-31T16:00:00.000Z', 55]]);
  expect(driver.dropped('late')).toBe(1);
  expect(driver.output(example.late).read()).toMatchObject([{ key: 'odeon', value: { price: 99 } }]);
  driver.advance('59m');
  expect(written()).toEqual([]);
  driver.advance('1m');
  expect(written()).toEqual([['2019-03-31T16:00:00.000Z', '2019-04-01T16:00:00.000Z', 60]]);
});
