import { expect, test } from '@jest/globals';
import { ConfigError } from '@kstreams/core/graph';
import { nativeOffsetOf, OffsetCommits } from './offset-commits.js';

const at = { topic: 't', partition: 0, offset: 5 };

test('metadata that the client would truncate is refused', () => {
  expect(nativeOffsetOf({ ...at, metadata: 'note' })).toEqual({ ...at, metadata: 'note' });
  expect(() => nativeOffsetOf({ ...at, metadata: 'x'.repeat(4_096) })).toThrow(ConfigError);
  expect(nativeOffsetOf(at)).toEqual(at);
});

test('outcomes settle commits in the order in which these were sent', async () => {
  const sent: unknown[] = [];
  const commits = new OffsetCommits({ commit: (offsets) => sent.push(offsets) });
  const outcomes = Promise.allSettled([commits.send([at]), commits.send([]), commits.send([])]);
  expect(sent).toEqual([[at], [], []]);
  commits.settle(undefined);
  commits.settle({ code: 25, message: 'unknown member' });
  expect(commits.pending).toBe(true);
  commits.rejectAll({ code: -172, message: 'closed' });
  expect((await outcomes).map((one) => (one.status === 'rejected' ? one.reason.code : one.status))).toEqual([
    'fulfilled',
    25,
    -172,
  ]);
  expect(commits.pending).toBe(false);
});
