import { expect, test } from '@jest/globals';
import type { CommittedOffset } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import { OffsetRenewal } from './offset-renewal.js';

test('committed offsets are committed again, unchanged, once an hour', async () => {
  const clock = new TestClock(0);
  const renewal = new OffsetRenewal(clock);
  const offset = { topic: 'idle', partition: 1, offset: 7, metadata: 'time' };
  const commits: (readonly CommittedOffset[])[] = [];
  const consumer = {
    committed: async (partitions: readonly { readonly partition: number }[]) =>
      partitions.map(({ partition }) => (partition === 1 ? offset : undefined)),
    commit: async (offsets: readonly CommittedOffset[]) => void commits.push(offsets),
  };
  const partitions = [0, 1].map((partition) => ({ topic: 'idle', partition }));
  for (let minutes = 0; minutes < 150; minutes++) {
    await renewal.renewIfDue(consumer, partitions);
    clock.advance(60_000);
  }
  expect(commits).toEqual([[offset], [offset]]);
});
