import { expect, test } from '@jest/globals';
import * as example from './02-filter-and-route.js';
import { drive } from './example.js';

test('each payment goes to the topic of its kind, and the empty one is dropped', () => {
  const driver = drive(example);
  expect(driver.output(example.cards).read()).toMatchObject([{ key: 'p1' }]);
  expect(driver.output(example.banks).read()).toMatchObject([{ key: 'p2', value: 'ING' }]);
  expect(driver.output(example.foreign).read()).toMatchObject([{ key: 'p3', value: { country: 'DE' } }]);
  expect(driver.unreadTopics).toEqual([]);
});
