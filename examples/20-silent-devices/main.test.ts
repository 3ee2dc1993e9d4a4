import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('a day is averaged with the readings of its grace, and later ones are kept apart', () => {
  const driver = drive(example);
  const [first] = driver.output(example.means).read();
  expect([first?.key.key, first?.value]).toEqual(['d1', 22]);
  expect(new Date(first?.key.start ?? 0).toISOString()).toBe('2026-02-28T23:00:00.000Z');
  expect(driver.output(example.lateReadings).read()).toMatchObject([{ key: 'd1', value: 99 }]);
});

test('a device is reported once, when it has been silent for ten minutes of the wall clock', () => {
  const driver = drive(example);
  const silent = () =>
    driver
      .output(example.silent)
      .read()
      .map(({ key, value }) => [key, value]);
  driver.advance('9m');
  driver.input(example.sample[0][0]).pipe('d2', 8, example.sample[4][3]);
  driver.advance('1m');
  expect(silent()).toEqual([['d1', 99]]);
  driver.advance('9m');
  expect(silent()).toEqual([['d2', 8]]);
  driver.advance('1h');
  expect(silent()).toEqual([]);
});
