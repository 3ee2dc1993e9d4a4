import { expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { type OnError, streams, type TimestampExtractor, timestamps, topic } from '../index.js';

const words = topic('words', { key: string, value: string });
const out = topic('out', { key: string, value: string });

const run = (timestamp: TimestampExtractor | undefined, onError?: OnError) => {
  const app = streams('app');
  app.stream(words, { timestamp }).to(out);
  const driver = testDriver(app, { wallClock: 900, onError });
  for (const [word, at] of [
    ['x', -5],
    ['y', 70],
    ['z', -1],
    ['w', 60],
  ] as const) {
    driver.input(words).pipe('k', word, at);
    driver.advance(1);
  }
  const written = driver
    .output(out)
    .read()
    .map(({ value, timestamp }) => `${value} ${timestamp}`);
  return { written, dropped: driver.dropped('negative-timestamp'), skipped: driver.dropped('skipped-by-policy') };
};

test('skip, which is the default: negative ones are dropped and counted', () => {
  const expected = { written: ['y 70', 'w 60'], dropped: 2, skipped: 0 };
  expect(run(timestamps.skip)).toEqual(expected);
  expect(run(undefined)).toEqual(expected);
});

test('partitionTime: negative ones are the largest so far, without one dropped', () => {
  expect(run(timestamps.partitionTime)).toEqual({ written: ['y 70', 'z 70', 'w 60'], dropped: 1, skipped: 0 });
});

test('wallClock: the instant of reading', () => {
  expect(run(timestamps.wallClock).written).toEqual(['x 900', 'y 901', 'z 902', 'w 903']);
});

test('fail: negative ones are failures for the policy', () => {
  expect(() => run(timestamps.fail)).toThrow(
    /the record's timestamp is -5: use another extractor, such as timestamps.skip/,
  );
  expect(run(timestamps.fail, () => 'skip')).toEqual({ written: ['y 70', 'w 60'], dropped: 0, skipped: 2 });
});
