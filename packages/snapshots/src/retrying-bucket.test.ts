import { describe, expect, test } from '@jest/globals';
import {
  type Bucket,
  type Clock,
  ConfigError,
  messageOf,
  StorageError,
  systemClock,
  toUtf8,
} from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import { type Fault, faultyBucket } from '../test/faulty-bucket.js';
import { MemoryBucket } from '../test/memory-bucket.js';
import { longestAttempt, RetryingBucket } from './retrying-bucket.js';

/** Calls a bucket, and advances the clock by 100 ms whenever nothing else is left to do. Returns the result and the time. */
const timed = async (bucket: Bucket): Promise<{ result: unknown; ms: number }> => {
  const clock = new TestClock();
  const begin = clock.monotonic();
  let over = false;
  const result = new RetryingBucket(bucket, clock)
    .get('a', new AbortController().signal)
    .catch((thrown: unknown) => thrown)
    .finally(() => {
      over = true;
    });
  for (;;) {
    for (let turn = 0; turn < 3 && !over; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (over) return { result: await result, ms: clock.monotonic() - begin };
    clock.advance(100);
  }
};

/** Returns a bucket whose reads fail a number of times. */
const failing = (times: number, fail: (signal?: AbortSignal) => Promise<never>): Bucket & { calls: number } => {
  const bucket = new MemoryBucket();
  bucket.objects.set('a', { bytes: toUtf8('x'), modified: 0 });
  const calls = { calls: 0 };
  const get: Bucket['get'] = (key, options) =>
    ++calls.calls <= times ? fail(options?.signal) : bucket.get(key, options);
  const { delete: remove, getVersion, list, put, replace } = bucket;
  return Object.assign(calls, { name: 'memory', get, put, getVersion, replace, list, delete: remove });
};

const slowDown = (): Promise<never> => Promise.reject(new Error('503 Slow Down'));

/** Ends with its signal. */
const silence = (signal?: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

describe('a call', () => {
  test('of a throttling bucket is repeated for 12.7 s, after growing pauses', async () => {
    expect(await timed(failing(1, slowDown))).toEqual({ result: toUtf8('x'), ms: 100 });
    expect(await timed(failing(4, slowDown))).toEqual({ result: toUtf8('x'), ms: 1_500 });
    const { result, ms } = await timed(failing(100, slowDown));
    expect(result).toBeInstanceOf(StorageError);
    expect([messageOf(result), ms]).toEqual(['memory: a cannot be read: 503 Slow Down', 12_700]);
  });

  test('without a response ends after a minute, and is repeated', async () => {
    expect(await timed(failing(1, silence))).toEqual({ result: toUtf8('x'), ms: longestAttempt + 100 });
    const { result } = await timed(failing(100, silence));
    expect(messageOf(result)).toBe('memory: a cannot be read: no response within 60 s');
  });

  test('that the configuration makes fail is made once', async () => {
    const bucket = failing(100, () => Promise.reject(new ConfigError('Access Denied: grant s3:GetObject')));
    const { result, ms } = await timed(bucket);
    expect([messageOf(result), ms, bucket.calls]).toEqual([
      'memory: a cannot be read: Access Denied: grant s3:GetObject',
      0,
      1,
    ]);
  });

  test('ends with its signal, also in a pause and without a response', async () => {
    for (const fail of [slowDown, silence]) {
      const controller = new AbortController();
      const result = new RetryingBucket(failing(100, fail), new TestClock()).get('a', controller.signal);
      await new Promise((resolve) => setImmediate(resolve));
      controller.abort(new Error('the task moved'));
      await expect(result).rejects.toThrow('the task moved');
    }
  });

  test('that replaced an object without a response returns its version, and none of another write', async () => {
    const bucket = new MemoryBucket();
    const faults: Fault[] = ['lost-response'];
    const clock: Clock = { ...systemClock, after: (ms, call) => systemClock.after(ms < longestAttempt ? 0 : ms, call) };
    const retrying = new RetryingBucket(
      faultyBucket(bucket, () => faults.shift()),
      clock,
    );
    const { signal } = new AbortController();
    const version = await retrying.replace('a', toUtf8('mine'), undefined, signal);
    expect(await bucket.getVersion('a')).toEqual({ bytes: toUtf8('mine'), version });
    expect(await retrying.replace('a', toUtf8('other'), undefined, signal)).toBeUndefined();
  });
});
