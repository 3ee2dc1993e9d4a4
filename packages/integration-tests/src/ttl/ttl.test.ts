/** Rows with a ttl equal a naive model at each step, with restarts, on memory and Level. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { level } from '@kstreams/level';
import { memory } from '@kstreams/stores';
import fc from 'fast-check';
import { expectRowsToEnd, steps } from './rows-that-end.js';

test.each(['stream', 'wall'] as const)('rows end on %s time as in the model, in memory', (clock) =>
  fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(2, 1_000), async (all, liveLimit) =>
      expectRowsToEnd(clock, await memory().open(''), all, liveLimit),
    ),
    { numRuns: 5 },
  ),
);

test('rows end as in the model, on Level', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-ttl-'));
  let run = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('stream', 'wall'), steps, async (clock, all) => {
        const bytes = await level().open(join(folder, String(run++)));
        try {
          await expectRowsToEnd(clock, bytes, all, 2);
        } finally {
          await bytes.close();
        }
      }),
      { numRuns: 3 },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
