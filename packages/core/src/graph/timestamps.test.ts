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

test('skip, the default, drops and counts negative timestamps', () => {
  const expected = { written: ['y 70', 'w 60'], dropped: 2, skipped: 0 };
  expect(run(timestamps.skip)).toEqual(expected);
  expect(run(undefined)).toEqual(expected);
});

test('partitionTime replaces negative timestamps by the largest of the partition, or drops the record', () => {
  expect(run(timestamps.partitionTime)).toEqual({ written: ['y 70', 'z 70', 'w 60'], dropped: 1, skipped: 0 });
});

test('wallClock returns the time of reading', () => {
  expect(run(timestamps.wallClock).written).toEqual(['x 900', 'y 901', 'z 902', 'w 903']);
});

test('fail passes negative timestamps to the error policy', () => {
  expect(() => run(timestamps.fail)).toThrow(
    /the record's timestamp is -5: use another extractor, such as timestamps.skip/,
  );
  expect(run(timestamps.fail, () => 'skip')).toEqual({ written: ['y 70', 'w 60'], dropped: 0, skipped: 2 });
});
