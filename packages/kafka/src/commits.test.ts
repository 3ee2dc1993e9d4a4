import { expect, test } from '@jest/globals';
import { ConfigError } from '@kstreams/core/graph';
import type { NativeConsumer } from './addon.js';
import { Commits, nativeOffsetOf } from './commits.js';

const at = { topic: 't', partition: 0, offset: 5 };

test('a note that would not come back as it went is refused', () => {
  expect(nativeOffsetOf({ ...at, metadata: 'x'.repeat(4_095) }).metadata).toHaveLength(4_095);
  expect(() => nativeOffsetOf({ ...at, metadata: 'x'.repeat(4_096) })).toThrow(ConfigError);
  expect(() => nativeOffsetOf({ ...at, metadata: 'ü'.repeat(2_048) })).toThrow('at most 4095 bytes');
  expect(() => nativeOffsetOf({ ...at, metadata: 'a\0b' })).toThrow('no zero');
  expect(nativeOffsetOf(at)).toEqual(at);
});

test('outcomes belong to commits in the order of asking', async () => {
  const sent: unknown[] = [];
  const native = { commit: (offsets: unknown) => sent.push(offsets) } as unknown as NativeConsumer;
  const commits = new Commits();
  const outcomes = Promise.allSettled([commits.send(native, [at]), commits.send(native, []), commits.send(native, [])]);
  expect(sent).toEqual([[at], [], []]);
  commits.settle(undefined);
  commits.settle({ code: 25, message: 'unknown member' });
  expect(commits.pending).toBe(true);
  commits.giveUp({ code: -172, message: 'closed' });
  expect((await outcomes).map((one) => (one.status === 'rejected' ? one.reason.code : one.status))).toEqual([
    'fulfilled',
    25,
    -172,
  ]);
  expect(commits.pending).toBe(false);
});
