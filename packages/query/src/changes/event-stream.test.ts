import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { TestClock } from '@kstreams/testing';
import { SseConnection } from '../http/sse-connection.js';
import { limitsOf } from '../options.js';
import { EventStream } from './event-stream.js';

/** A response whose client reads only when the test says so. */
class UnreadResponse extends EventEmitter {
  writableLength = 0;
  destroyed = false;
  text = '';
  readonly highWaterMark = 1_000;

  get writableNeedDrain(): boolean {
    return this.writableLength > this.highWaterMark;
  }

  writeHead(): this {
    return this;
  }

  write(text: string): void {
    this.text += text;
    this.writableLength += text.length;
  }

  end(): void {
    this.emit('close');
  }

  destroy(): void {
    this.destroyed = true;
  }

  read(): void {
    this.writableLength = 0;
    this.emit('drain');
  }
}

const opened = (buffered = 10_000) => {
  const response = new UnreadResponse();
  const clock = new TestClock();
  const stream = new EventStream(
    new SseConnection(response as unknown as ServerResponse),
    new Map(),
    limitsOf({ buffered, time: '10s' }),
    clock,
  );
  stream.open(2);
  return { clock, response, stream };
};

test('events have the positions of all partitions as their id', () => {
  const { response, stream } = opened();
  stream.complete(1, 'b.3');
  stream.changes(0, 'a.1', '{"key":"k","deleted":true}');
  expect(response.text).toBe(
    [
      'retry: 1000\n',
      'event: begin\ndata: {"partitions":2}\n',
      'event: complete\nid: 1=b.3\ndata: {"partition":1,"position":"b.3"}\n',
      'event: changes\nid: 1=b.3,0=a.1\ndata: {"partition":0,"position":"a.1","rows":[{"key":"k","deleted":true}]}\n\n',
    ].join('\n'),
  );
});

test('a subscriber that reads nothing is dropped at the limit of bytes', () => {
  const { response, stream } = opened();
  let sent = 0;
  for (; !stream.signal.aborted; sent++) stream.changes(0, `a.${sent}`, '"0123456789"');
  expect(response.destroyed).toBe(true);
  expect(response.writableLength).toBeLessThan(10_200);
  const { length } = response.text;
  stream.changes(0, 'a.0', '1');
  expect(response.text).toHaveLength(length);
});

test('changes that wait for a snapshot count, per partition', () => {
  const { response, stream } = opened();
  for (const partition of [0, 1]) stream.waiting(partition, 4_000);
  expect(stream.signal.aborted).toBe(false);
  stream.complete(0, 'a.1');
  stream.waiting(0, 4_000);
  expect(stream.signal.aborted).toBe(false);
  stream.waiting(1, 4_000);
  expect(response.destroyed).toBe(true);
});

test('a snapshot waits for its subscriber, for the time of a query', async () => {
  const { clock, response, stream } = opened();
  const rows = '"row"'.padEnd(1_500);
  let done = false;
  const sending = stream.rows(0, rows).then(() => {
    done = true;
  });
  clock.advance(9_000);
  await Promise.resolve();
  expect(done).toBe(false);
  response.read();
  await sending;
  const again = stream.rows(0, rows);
  clock.advance(10_000);
  await again;
  expect(response.destroyed).toBe(true);
});

test('an idle subscriber gets signs of life, and is dropped when it does not read them', () => {
  const { clock, response, stream } = opened();
  clock.advance(15_000);
  expect(response.text).toMatch(/:\n\n$/);
  stream.changes(0, 'a.1', ' '.repeat(1_500));
  clock.advance(15_000);
  expect(stream.signal.aborted).toBe(true);
});
