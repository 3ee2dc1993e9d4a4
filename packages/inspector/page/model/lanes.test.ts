import { expect, test } from '@jest/globals';
import type { EventBody, ProcessTimeline } from '../../src/protocol.js';
import { lanesOf } from './lanes.js';

const timeline = (
  events: readonly Partial<EventBody>[],
  commits: ProcessTimeline['commits'] = [],
): ProcessTimeline => ({
  instance: 'a',
  endpoint: undefined,
  now: 100_000,
  events: events.map((one, at) => ({ number: at + 1, at: 0, kind: 'state', text: '', severe: false, ...one })),
  commits,
});

test('a restore is a span from its begin to its end, or to the present', () => {
  const events = [
    { kind: 'restore-started', restore: 'a-0', at: 60_000 },
    { kind: 'restore-started', restore: 'b-0', at: 70_000 },
    { kind: 'restore-ended', restore: 'a-0', at: 80_000 },
    { kind: 'restore-ended', restore: 'c-0', at: 90_000 },
    { kind: 'restore-started', restore: 'd-0', at: 10_000 },
    { kind: 'restore-ended', restore: 'd-0', at: 20_000 },
  ];
  expect(lanesOf(timeline(events), 50_000).restores).toEqual([
    { name: 'a-0', from: 60_000, to: 80_000 },
    { name: 'c-0', from: 50_000, to: 90_000 },
    { name: 'b-0', from: 70_000, to: 100_000 },
  ]);
});

test('commits and other events before the window are left out', () => {
  const lanes = lanesOf(
    timeline(
      [{ at: 1_000 }, { at: 60_000, kind: 'lost', severe: true }],
      [
        [1, 5],
        [99, 2],
      ],
    ),
    50_000,
  );
  expect(lanes.commits).toEqual([{ at: 99_000, count: 2 }]);
  expect(lanes.marks).toEqual([{ at: 60_000, kind: 'lost', severe: true }]);
});
