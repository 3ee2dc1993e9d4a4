/** Rows with a ttl equal a naive model at each step, in many runs, also on a backend that loads rows late. */
import { test } from '@jest/globals';
import { memory } from '@kstreams/stores';
import { slowStore } from '@kstreams/testing';
import fc from 'fast-check';
import { expectRowsToEnd, steps } from './rows-that-end.js';

test.each(['stream', 'wall'] as const)('rows end on %s time as in the model', (clock) =>
  fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(2, 1_000), async (all, liveLimit) =>
      expectRowsToEnd(clock, await memory().open(''), all, liveLimit),
    ),
    { numRuns: 100 },
  ),
);

test.each(['stream', 'wall'] as const)('rows end on %s time as in the model, on a slow backend', (clock) =>
  fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const slow = slowStore(memory(), { delay: () => Promise.resolve() });
      await expectRowsToEnd(clock, await slow.open(''), all, 2);
    }),
    { numRuns: 30 },
  ),
);
