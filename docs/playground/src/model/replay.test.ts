import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Step } from '../run/messages.js';
import { rowReplay } from './stores.js';

const stepOf = (key: string, after: number | undefined): Step => ({
  cause: { kind: 'clock', now: 0 },
  flows: [],
  reads: [],
  outputs: [],
  drops: [],
  writes: [
    {
      store: 'rows',
      node: 'n',
      key: { text: key, data: key },
      before: undefined,
      after: after === undefined ? undefined : { text: String(after), data: after },
    },
  ],
});

const steps = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.option(fc.nat(9), { nil: undefined })), {
    minLength: 1_200,
    maxLength: 1_300,
  })
  .map((all) => all.map(([key, after]) => stepOf(key, after)));

/** Returns the rows after the first steps, from the writes alone. */
const naive = (all: readonly Step[], count: number) => {
  const rows = new Map<string, unknown>();
  for (const { writes } of all.slice(0, count)) {
    for (const { after, key } of writes) {
      if (after === undefined) rows.delete(key.text);
      else rows.set(key.text, after.data);
    }
  }
  return Object.fromEntries(rows);
};

test('any move in time has the rows of a replay from the beginning, also after another run', () => {
  fc.assert(
    fc.property(steps, steps, fc.array(fc.nat(1_200), { minLength: 3, maxLength: 12 }), (first, second, moves) => {
      const replay = rowReplay();
      for (const all of [first, second]) {
        for (const count of moves) {
          const rows = [...(replay.after(all, count).get('rows') ?? [])].map(([key, { value }]) => [key, value.data]);
          expect(Object.fromEntries(rows)).toEqual(naive(all, count));
        }
      }
    }),
    { numRuns: 10 },
  );
});
