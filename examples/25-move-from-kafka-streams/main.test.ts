import { expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import { bytes, topic } from 'kstreams';
import { busyUsers, clicks, clicksPerMinute, counts, reports } from './main.js';

/** The bytes of the old application for a count of ann in the second minute: a text and the start, and a long. */
const written = {
  key: Uint8Array.from([97, 110, 110, 0, 0, 0, 0, 0, 0, 0xea, 0x60]),
  one: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 1]),
  hundred: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 100]),
};
const raw = topic(clicksPerMinute.name, { key: bytes, value: bytes });

test('the moved reports read the counts of the old application', () => {
  const driver = testDriver(reports);
  driver.input(raw).pipe(written.key, written.one, 60_000);
  driver.input(raw).pipe(written.key, written.hundred, 61_000);
  expect(driver.output(busyUsers).read()).toMatchObject([{ key: 'ann', value: 100 }]);
});

test('the moved counts are written with the bytes of the old application', () => {
  const driver = testDriver(counts);
  driver.input(clicks).pipe('ann', '/home', 65_000);
  expect(driver.output(raw).read()).toMatchObject([{ key: written.key, value: written.one }]);
});
