import { expect, test } from '@jest/globals';
import { noHeaders, type Received, record, toUtf8 } from '@kstreams/core/graph';
import { RecordQueue } from './record-queue.js';

const received = (offset: number, timestamp = offset, key: string | null = `k${offset}`): Received => ({
  topic: 'lines',
  partition: 0,
  offset,
  key: key === null ? null : toUtf8(key),
  value: null,
  timestamp,
  headers: noHeaders,
});

const queueOf = (...records: readonly Received[]) => {
  const decoded: number[] = [];
  const queue = new RecordQueue(
    'lines',
    0,
    'source',
    () => {},
    (one) => {
      decoded.push(one.offset);
      if (one.timestamp < 0) throw new Error('no timestamp');
      return record(one.key, one.value, one.timestamp + 1_000);
    },
  );
  for (const one of records) queue.add(one);
  return { queue, decoded };
};

test('decodes the head once and advances past it', () => {
  const { decoded, queue } = queueOf(received(5), received(6));
  expect([queue.headTimestamp, queue.head().timestamp]).toEqual([1_005, 1_005]);
  expect(decoded).toEqual([5]);
  queue.advance();
  expect([queue.nextOffset, queue.headTimestamp, queue.length]).toEqual([6, 1_006, 1]);
});

test('a head that cannot be decoded keeps the timestamp of its record and throws at each call', () => {
  const { queue } = queueOf(received(5, -1));
  expect(queue.headTimestamp).toBe(-1);
  expect(() => queue.head()).toThrow('no timestamp');
  expect(() => queue.head()).toThrow('no timestamp');
});

test('skips records that an earlier run finished beyond its committed offset', () => {
  const { queue } = queueOf();
  queue.resume({
    time: 40,
    finished: [
      [6, 8],
      [9, 10],
    ],
  });
  for (const offset of [5, 6, 7, 8, 9, 10]) queue.add(received(offset));
  expect([queue.time, queue.length]).toEqual([40, 3]);
  const done: unknown[] = [];
  while (queue.length > 0) {
    queue.advance();
    done.push(queue.nextOffset);
  }
  expect(done).toEqual([8, 10, 11]);
});

test('a paused queue counts as empty', () => {
  const { queue } = queueOf(received(1));
  queue.pause(true);
  expect(queue.length).toBe(0);
  queue.pause(false);
  expect(queue.length).toBe(1);
});

test('returns the key of each waiting record once, up to a limit', () => {
  const { queue } = queueOf(received(1), received(2, 2, null), received(3));
  const text = (keys: readonly Uint8Array[]) => keys.map((key) => new TextDecoder().decode(key));
  expect(text(queue.takePrefetchKeys(1))).toEqual(['k1']);
  queue.advance();
  queue.add(received(4));
  expect(text(queue.takePrefetchKeys(10))).toEqual(['k3', 'k4']);
  expect(queue.takePrefetchKeys(10)).toEqual([]);
});

test('is held back at its limit and flows again at half of it', () => {
  const { queue } = queueOf();
  expect(queue.flowChange(4)).toBe('flow');
  queue.hold(false);
  for (const offset of [1, 2, 3]) queue.add(received(offset));
  expect(queue.flowChange(4)).toBeUndefined();
  queue.add(received(4));
  expect(queue.flowChange(4)).toBe('hold');
  queue.hold(true);
  queue.advance();
  expect(queue.flowChange(4)).toBeUndefined();
  queue.advance();
  expect(queue.flowChange(4)).toBe('flow');
});

test('keeps its order over thousands of records', () => {
  const { queue } = queueOf();
  let next = 0;
  for (let offset = 0; offset < 5_000; offset++) {
    queue.add(received(offset));
    if (offset % 3 === 0) continue;
    expect(queue.received?.offset).toBe(next++);
    queue.advance();
  }
  expect([queue.length, queue.nextOffset]).toEqual([5_000 - next, next]);
});
