import { expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import type { AnyTopic } from 'kstreams/authors';
import * as example from './main.js';

test('an order without a payment is reported half an hour and a minute later, without another record', () => {
  const driver = testDriver(example.app, { wallClock: 0 });
  for (const [to, key, value, at] of example.sample) {
    driver.advance(at - driver.wallClock);
    driver.input(to as AnyTopic).pipe(key, value, at);
  }
  expect(
    driver
      .output(example.paidOrders)
      .read()
      .map(({ key, value }) => [key, value?.method]),
  ).toEqual([
    ['o2', 'card'],
    ['o1', 'bank'],
  ]);
  expect(driver.output(example.unpaidOrders).read()).toEqual([]);
  driver.advance('12m');
  expect(driver.output(example.unpaidOrders).read()).toEqual([]);
  driver.advance('2m');
  expect(driver.output(example.unpaidOrders).read()).toMatchObject([{ key: 'o3', value: { cents: 3_000 } }]);
});
