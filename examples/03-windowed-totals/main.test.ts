import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('a closed window emits each total once, with late sales within the grace period and without later ones', () => {
  const driver = drive(example);
  const written = driver.output(example.totals).read();
  expect(written.map(({ key, value }) => [key, value])).toEqual([
    [{ key: 'north', start: 0, end: 300_000 }, 17],
    [{ key: 'south', start: 0, end: 300_000 }, 5],
  ]);
  expect(driver.dropped('late')).toBe(1);
});
