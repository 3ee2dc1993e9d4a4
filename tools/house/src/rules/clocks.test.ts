import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { clocks } from './clocks.js';

const ofText = (text: string, path = 'packages/runtime/src/worker/a.ts') => complaints(clocks, { [path]: text });

test.each(['Date.now();', 'new Date();', 'performance.now();', 'setTimeout(a, 1);', 'setInterval(a, 1);'])(
  'the clocks and timers of the system are refused: %s',
  (text) => {
    expect(ofText(text)).toHaveLength(1);
    expect(ofText(text, 'packages/core/src/graph/clock.ts')).toEqual([]);
    expect(ofText(text, 'packages/core/src/a.test.ts')).toEqual([]);
  },
);

test.each(['clock.now();', 'this.#clock.now();', 'systemClock.now();', 'this.#options.clock.now();'])(
  'the wall clock is refused where nothing is dated: %s',
  (text) => {
    expect(ofText(text)).toEqual(['packages/runtime/src/worker/a.ts:1 the wall clock']);
    expect(ofText(text, 'packages/runtime/src/worker/resume-positions.ts')).toEqual([]);
  },
);

test.each(['clock.monotonic();', 'clock.after(1, a);', 'new Date(0);', 'now();'])('accepts %s', (text) =>
  expect(ofText(text)).toEqual([]),
);
