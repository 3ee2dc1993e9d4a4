import { expect, test } from '@jest/globals';
import { ProductionError, type Received, recordSize, toUtf8 } from '@kstreams/core/graph';
import { deadLetter } from './dead-letter.js';

const record: Received = {
  topic: 'in',
  partition: 2,
  offset: 7,
  timestamp: 5,
  key: toUtf8('k'),
  value: toUtf8('v'.repeat(2_000)),
  headers: [['own', toUtf8('x')]],
};

const letter = (maxSize: number, refusals = 0) => {
  const error = new Error('m'.repeat(1_000));
  const made = deadLetter({ topic: 'dead', partitions: 3, record, error, maxSize, refusals, now: 99 });
  const texts = made.headers.map(([name, value]) => [name, new TextDecoder().decode(value ?? undefined)]);
  return { ...made, headers: Object.fromEntries(texts) as Record<string, string> };
};

test('a dead letter has the bytes and headers of its record, and what failed', () => {
  const { headers, ...whole } = letter(Number.POSITIVE_INFINITY);
  const { key, timestamp, value } = record;
  expect(whole).toEqual({ topic: 'dead', partition: 2, key, value, timestamp });
  expect(headers).toMatchObject({ own: 'x', '__streams.errors.offset': '7' });
  expect(headers['__streams.errors.message']).toHaveLength(1_000);
});

test('one that would be too large has shorter texts, then none of the bytes of its record', () => {
  for (const maxSize of [6_000, 3_400, 2_000]) {
    const made = deadLetter({
      topic: 'dead',
      partitions: 3,
      record,
      error: new Error('m'.repeat(1_000)),
      maxSize,
      refusals: 0,
      now: 99,
    });
    expect(recordSize(made)).toBeLessThanOrEqual(maxSize);
  }
  const short = letter(3_400);
  expect(short.value).toEqual(record.value);
  expect(short.headers['__streams.errors.message']).toHaveLength(201);
  const bare = letter(2_000);
  expect(bare).toMatchObject({ key: null, value: null, timestamp: 99 });
  expect(bare.headers).toMatchObject({ '__streams.errors.omitted': 'record', '__streams.errors.offset': '7' });
  expect(bare.headers).not.toHaveProperty('own');
});

test('one that was refused is sent without the bytes of its record; a second refusal is an error', () => {
  expect(letter(Number.POSITIVE_INFINITY, 1)).toMatchObject({ key: null, value: null, timestamp: 99 });
  expect(() => letter(Number.POSITIVE_INFINITY, 2)).toThrow(ProductionError);
});
