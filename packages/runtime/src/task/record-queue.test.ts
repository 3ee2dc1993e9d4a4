import { expect, test } from '@jest/globals';
import { type AnySerde, Pending, type Received, toUtf8 } from '@kstreams/core/graph';
import { string } from '@kstreams/serde';
import fc from 'fast-check';
import { Metrics } from '../telemetry/metrics.js';
import { RecordQueue } from './record-queue.js';

const received = (offset: number): Received => ({
  topic: 'in',
  partition: 0,
  offset,
  timestamp: offset,
  key: Uint8Array.of(offset % 256),
  value: null,
  headers: [],
});

const bytes: AnySerde = { name: 'bytes', encode: (value) => value, decode: (value) => value };

const newQueue = (value = bytes, timestamp?: () => number): RecordQueue => {
  const source = { id: 'source-0', key: bytes, value, nulls: 'pass', timestamp } as const;
  return new RecordQueue(
    'in',
    0,
    source,
    () => {},
    () => 0,
    new Metrics().topic('in'),
  );
};

test('is first in, first out, in any sequence of additions and removals', () => {
  const counts = fc.array(fc.tuple(fc.nat(3_000), fc.nat(3_000)), { maxLength: 12 });
  fc.assert(
    fc.property(counts, (steps) => {
      const queue = newQueue();
      let [added, processed] = [0, 0];
      for (const [adding, processing] of steps) {
        for (let i = 0; i < adding; i++) queue.add(received(added++));
        for (let i = 0; i < processing && queue.length > 0; i++) {
          if (queue.received?.offset !== processed || queue.headTimestamp !== processed) return false;
          queue.advance();
          if (queue.nextOffset !== ++processed) return false;
        }
        if (queue.length !== added - processed) return false;
      }
      queue.clear();
      return queue.length === 0 && queue.received === undefined;
    }),
    { numRuns: 50 },
  );
});

test('returns waiting records for prefetching, each record once', () => {
  const queue = newQueue();
  for (let offset = 0; offset < 5; offset++) queue.add(received(offset));
  const keys = (max: number) => queue.takeUnprefetched(max).map(({ offset }) => offset);
  expect(keys(2)).toEqual([0, 1]);
  queue.advance();
  expect(keys(2)).toEqual([2, 3]);
  for (let i = 0; i < 4; i++) queue.advance();
  queue.add(received(5));
  expect(keys(9)).toEqual([5]);
});

test('skips records that an earlier run has finished', () => {
  const queue = newQueue();
  queue.resume({ time: 9, finished: [[1, 3]] });
  for (let offset = 0; offset < 5; offset++) queue.add(received(offset));
  expect([queue.length, queue.time]).toEqual([3, 9]);
  queue.advance();
  expect([queue.nextOffset, queue.received?.offset]).toEqual([3, 3]);
});

test('is held back when full or paused, until half of it is processed', () => {
  const queue = newQueue();
  expect(queue.flowChange(4)).toBe('flow');
  queue.hold(false);
  for (let offset = 0; offset < 4; offset++) queue.add(received(offset));
  expect(queue.flowChange(4)).toBe('hold');
  queue.hold(true);
  queue.advance();
  expect(queue.flowChange(4)).toBeUndefined();
  queue.advance();
  expect(queue.flowChange(4)).toBe('flow');
  queue.pause(true);
  expect(queue.flowChange(4)).toBeUndefined();
});

test('a head that waits for a schema comes first if its timestamp is in its value, and may not be overtaken', () => {
  const decode = (): never => {
    throw new Pending(Promise.resolve());
  };
  const open = (timestamp?: () => number): RecordQueue => {
    const queue = newQueue({ ...bytes, decode }, timestamp);
    queue.add({ ...received(500), value: new Uint8Array(1) });
    return queue;
  };
  expect([open().headTimestamp, open().canPark]).toEqual([500, true]);
  expect([open(() => 7).headTimestamp, open(() => 7).canPark]).toEqual([Number.NEGATIVE_INFINITY, false]);
});

test('the size of waiting records is exact for equal ones, and near for others', () => {
  const queue = newQueue();
  expect(queue.bufferedSize).toBe(0);
  for (let offset = 0; offset < 1_000; offset++) queue.add(received(offset));
  expect(queue.bufferedSize).toBe(1_000);
  for (let i = 0; i < 900; i++) queue.advance();
  for (let i = 0; i < 100; i++) queue.add({ ...received(1_000 + i), value: new Uint8Array(99) });
  expect(Math.abs(queue.bufferedSize - 10_100)).toBeLessThan(1_500);
});

test('a text of the head keeps its bytes for the same serde of texts, and for no other', () => {
  const queue = newQueue(string);
  const value = toUtf8('a value');
  queue.add({ ...received(0), value });
  expect(queue.textBytes('value', string, 'a value')).toBeUndefined();
  queue.head();
  expect(queue.textBytes('value', string, ['a', 'value'].join(' '))).toBe(value);
  const others: [AnySerde, string][] = [
    [string, 'another'],
    [{ ...string }, 'a value'],
    [bytes, 'a value'],
  ];
  expect(others.map(([serde, text]) => queue.textBytes('value', serde, text))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  queue.advance();
  expect(queue.textBytes('value', string, 'a value')).toBeUndefined();
});
