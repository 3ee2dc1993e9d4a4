import { expect, test } from '@jest/globals';
import { CatchUpDetector } from './catch-up-detector.js';
import type { RunCall } from './punctuation-queue.js';

/** A detector with a call that is due at 100, and a log that the test controls. */
const setUp = (outcome: 'done' | 'again' | 'skipped' = 'done') => {
  const log = { end: 3, position: 3, reachable: true, requests: 0 };
  const call = { due: 100, fired: [] as number[], outcome };
  const detector = new CatchUpDetector();
  detector.add(
    'node',
    () => call.due,
    (at) => {
      call.fired.push(at);
      if (call.outcome === 'done') call.due = Number.POSITIVE_INFINITY;
    },
  );
  const run: RunCall = (_, act) => {
    act();
    return call.outcome === 'again' ? 'again' : 'done';
  };
  const input = {
    ends: async () => {
      log.requests++;
      if (!log.reachable) throw new Error('no broker is reachable');
      return [log.end];
    },
    isFinished: ([end]: readonly number[]) => log.position >= (end as number),
  };
  /** Two turns of a worker, with the reply of the log between them. */
  const turn = async (now: number): Promise<readonly number[]> => {
    detector.detect(now, 7_000 + now, input, run, () => {});
    await new Promise((resolve) => setImmediate(resolve));
    detector.detect(now, 7_000 + now, input, run, () => {});
    return call.fired;
  };
  return { call, detector, log, turn };
};

test('a call is made when it is due, and the ends are not requested before', async () => {
  const { detector, log, turn } = setUp();
  expect(detector.dueIn(30, 0)).toBe(70);
  expect([await turn(99), log.requests]).toEqual([[], 0]);
  expect([await turn(100), log.requests]).toEqual([[100], 1]);
  expect(detector.dueIn(100, 0)).toBe(Number.POSITIVE_INFINITY);
});

test('a call waits for the records that the log held, not for later ones, and receives the time of the request', async () => {
  const { log, turn } = setUp();
  log.position = 1;
  expect(await turn(100)).toEqual([]);
  log.end = 9;
  expect(await turn(150)).toEqual([]);
  log.position = 3;
  expect([await turn(200), log.requests]).toEqual([[100], 1]);
});

test('the ends of a log out of reach are requested again a second later', async () => {
  const { log, turn } = setUp();
  log.reachable = false;
  expect(await turn(100)).toEqual([]);
  log.reachable = true;
  expect([await turn(1_099), log.requests]).toEqual([[], 1]);
  expect([await turn(1_100), log.requests]).toEqual([[1_100], 2]);
});

test('a call that was parked is repeated at once, one that was skipped a second later', async () => {
  const parked = setUp('again');
  expect(await parked.turn(100)).toEqual([100]);
  parked.call.outcome = 'done';
  expect(await parked.turn(101)).toEqual([100, 100]);
  const skipped = setUp('skipped');
  expect(await skipped.turn(100)).toEqual([100]);
  expect(await skipped.turn(1_099)).toEqual([100]);
  expect(await skipped.turn(1_100)).toEqual([100, 1_100]);
});
