import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('a repeated change is dropped, and an order is forwarded after half a minute without a change', () => {
  const driver = drive(example);
  const statesOf = (topic: typeof example.unique) =>
    driver
      .output(topic)
      .read()
      .map(({ key, timestamp, value }) => [key, value?.state, timestamp]);
  expect(statesOf(example.unique)).toEqual([
    ['o1', 'ordered', 0],
    ['o1', 'paid', 10_000],
    ['o2', 'ordered', 20_000],
    ['o1', 'packed', 30_000],
    ['o3', 'ordered', 60_000],
  ]);
  expect(statesOf(example.settled)).toEqual([
    ['o2', 'ordered', 50_000],
    ['o1', 'packed', 60_000],
  ]);
});
