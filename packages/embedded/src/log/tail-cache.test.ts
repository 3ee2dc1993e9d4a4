import { expect, test } from '@jest/globals';
import { collectGarbage } from '@kstreams/test-support/collect-garbage';
import type { BatchRow } from './record-batch.js';
import { TailBudget, TailCache } from './tail-cache.js';

test('rows over the limit in bytes are released, however few they are', async () => {
  const budget = new TailBudget(10_000);
  const tails = [new TailCache(budget, 0), new TailCache(budget, 0)];
  const rows: WeakRef<BatchRow>[] = [];
  for (let last = 0; last < 100; last++) {
    for (const tail of tails) {
      const row = { last, bytes: new Uint8Array(1_000) };
      rows.push(new WeakRef(row));
      tail.push(row);
    }
  }
  // A weak reference keeps its target until the end of the job.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(budget.bytes).toBeLessThanOrEqual(10_000);
  expect(rows.filter((row) => row.deref() !== undefined).length * 1_000).toBeLessThanOrEqual(10_000);
  const kept = tails.flatMap((tail) => tail.rows(tail.begin, 100, 1_000_000));
  expect(kept.map(({ last }) => last)).toEqual([96, 97, 98, 99, 96, 97, 98, 99]);
});
