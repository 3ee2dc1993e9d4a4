import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('each payment goes to the topic of its kind, and the empty one is dropped', () => {
  const driver = drive(example);
  expect(driver.output(example.cards).read()).toMatchObject([{ key: 'p1' }]);
  expect(driver.output(example.banks).read()).toMatchObject([{ key: 'p2', value: 'ING' }]);
  expect(driver.output(example.foreign).read()).toMatchObject([{ key: 'p3', value: { country: 'DE' } }]);
  expect(driver.unreadTopics).toEqual([]);
});
