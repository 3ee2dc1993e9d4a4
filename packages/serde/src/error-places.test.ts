/** The places in errors of serdes after the runtime has added partition, offset and node. */
import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { type AnyTopic, type Bytes, topic } from '@kstreams/core/graph';
import { testDriver } from '@kstreams/testing';
import { bytes, double, int32, json, string, tuple } from './index.js';

/** Pipes bytes into a topology that copies one topic to another; returns the error. */
const failureOf = (from: AnyTopic, to: AnyTopic, key: Bytes, value: Bytes): unknown => {
  const app = streams('app');
  app.stream(from).to(to);
  const driver = testDriver(app);
  const raw = driver.input(topic('from', { key: bytes, value: bytes }));
  try {
    raw.pipe(key, value, 5);
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

const raw = topic('to', { key: bytes, value: bytes });
const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

describe('malformed bytes', () => {
  test.each([
    [topic('from', { key: string, value: json() }), utf8('k'), utf8('{'), 'the value is not json: '],
    [
      topic('from', { key: string, value: double }),
      utf8('k'),
      utf8('x'),
      'the value is not double: double has 8 bytes, not 1',
    ],
    [
      topic('from', { key: int32, value: bytes }),
      utf8('k'),
      utf8('x'),
      'the key is not int32: int32 has 4 bytes, not 1',
    ],
    [
      topic('from', { key: tuple(string, int32), value: bytes }),
      utf8('k\0\x01\x01\0\x01'),
      utf8('x'),
      'the key is not tuple(string, int32): element 1: int32 has 4 bytes, not 1',
    ],
  ])('%# name topic, partition and offset once', (from, key, value, words) => {
    expect(failureOf(from, raw, key, value)).toMatchObject({
      code: 'KSTREAMS_SERDE',
      message: expect.stringContaining(words),
      location: { topic: 'from', partition: 0, offset: 0, node: expect.any(String) },
      cause: { code: 'KSTREAMS_SERDE' },
    });
    expect(failureOf(from, raw, key, value)).toMatchObject({
      message: expect.stringMatching(/^[^(]*(\([^)]*\): [^(]*)?\(node \S+, topic from, partition 0, offset 0\)$/),
    });
  });
});

test('a value that cannot be encoded names its target topic once', () => {
  const from = topic('from', { key: bytes, value: double });
  const to = topic('to', { key: bytes, value: json<number>() });
  const failure = failureOf(from, to, utf8('k'), double.encode(Number.NaN, { topic: 'from', headers: [] }));
  const { message } = failure as Error;
  expect(message).toContain(
    'the value cannot be encoded as json: JSON cannot hold NaN; the record was for topic "to" (',
  );
  expect(message.match(/\bto\b(?="| \(|,)/g)).toHaveLength(1);
  expect(failure).toMatchObject({ location: { topic: 'from', offset: 0, node: 'to-0' } });
});
