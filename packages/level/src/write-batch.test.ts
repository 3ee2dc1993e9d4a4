import { expect, test } from '@jest/globals';
import { type Clock, sliceLength, type Write } from '@kstreams/core/graph';
import { override } from '@kstreams/test-support/override';
import { TestClock } from '@kstreams/testing';
import { writeBatch } from './write-batch.js';

test('a large batch is filled in slices of 10 ms, and written whole', async () => {
  const time = new TestClock(0);
  const turns: number[] = [];
  const clock = override<Clock>(time, {
    turn: async () => {
      turns.push(time.monotonic());
    },
  });
  let [rows, written] = [0, 0];
  const put = (): void => {
    rows++;
    time.advance(0.01);
  };
  const batch = {
    put,
    del: put,
    write: async () => {
      written = rows;
    },
  };
  const writes = Array.from({ length: 10_000 }, (_, i): Write => [new Uint8Array([i]), undefined]);
  await writeBatch({ batch: () => batch } as never, writes, { clock, sync: false });
  expect(written).toBe(10_000);
  // A row takes 0.01 ms, so 500 rows take 5 ms.
  const ends = [...turns, time.monotonic()];
  expect(Math.max(...ends.map((end, i) => end - (turns[i - 1] ?? 0)))).toBeLessThanOrEqual(sliceLength + 5.1);
});
