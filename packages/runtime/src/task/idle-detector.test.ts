import { describe, expect, test } from '@jest/globals';
import { IdleDetector } from './idle-detector.js';
import type { RunCall } from './punctuation-queue.js';

const runCall: RunCall = (_, call) => {
  call();
  return 'done';
};

/** A detector with a call after 100 ms, and a log that the test controls. */
const setUp = () => {
  const log = { atEnd: true, caughtUp: true, reachable: true };
  const fired: number[] = [];
  const detector = new IdleDetector();
  let activity = 0;
  detector.add('node', 100, (wall) => fired.push(wall));
  const atEnd = async (): Promise<boolean> => {
    if (!log.reachable) throw new Error('no broker is reachable');
    return log.atEnd;
  };
  const look = (now: number): void => {
    detector.observe(log.caughtUp, activity, now);
    if (detector.confirmed(now, atEnd, () => {})) detector.fire(now, now, runCall);
  };
  /** Two turns of a worker, with the reply of the log between them. */
  const turn = async (now: number): Promise<readonly number[]> => {
    look(now);
    await new Promise((resolve) => setImmediate(resolve));
    look(now);
    return fired;
  };
  return { log, turn, process: () => activity++, due: () => detector.due };
};

test('a call fires exactly after its idle time, once', async () => {
  const { turn, due } = setUp();
  expect(await turn(1_000)).toEqual([]);
  expect(due()).toBe(1_100);
  expect(await turn(1_099)).toEqual([]);
  expect(await turn(1_100)).toEqual([1_100]);
  expect(due()).toBe(Number.POSITIVE_INFINITY);
  expect(await turn(9_000)).toEqual([1_100]);
});

describe('the idle time starts again', () => {
  test('after a record', async () => {
    const { process, turn } = setUp();
    await turn(1_000);
    process();
    expect(await turn(1_100)).toEqual([]);
    expect(await turn(1_200)).toEqual([1_200]);
  });

  test('while records are waiting, or on the log', async () => {
    const { log, turn } = setUp();
    await turn(1_000);
    log.caughtUp = false;
    expect(await turn(5_000)).toEqual([]);
    log.caughtUp = true;
    await turn(5_001);
    expect(await turn(5_101)).toEqual([5_101]);
  });

  test('after the log has replied that it holds more records', async () => {
    const { log, turn } = setUp();
    await turn(1_000);
    log.atEnd = false;
    expect(await turn(1_100)).toEqual([]);
    log.atEnd = true;
    expect(await turn(1_150)).toEqual([]);
    expect(await turn(1_200)).toEqual([1_200]);
  });

  test('while the log is out of reach', async () => {
    const { log, turn } = setUp();
    await turn(1_000);
    log.reachable = false;
    for (let now = 1_100; now < 2_000; now += 50) expect(await turn(now)).toEqual([]);
    log.reachable = true;
    expect(await turn(1_999)).toEqual([]);
    expect(await turn(2_000)).toEqual([2_000]);
  });
});
