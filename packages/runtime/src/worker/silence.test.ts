import { describe, expect, test } from '@jest/globals';
import type { Clock, Consumer } from '@kstreams/core/graph';
import { Idleness } from '../task/idleness.js';
import type { Task } from '../task/task.js';
import { Silence } from './silence.js';

/** A task that waits for 100 ms of silence, and a log whose answers are in the test's hands. */
const watched = () => {
  const at = { now: 1_000, position: 5, end: 5, caughtUp: true, buffered: 0, reachable: true };
  const done: number[] = [];
  const idleness = new Idleness();
  idleness.add('node', 100, (now) => done.push(now));
  const run = (_: string, call: () => void) => {
    call();
    return 'done' as const;
  };
  const task = {
    idleness,
    intake: { idle: true },
    queues: new Map([['in', { topic: 'in', partition: 0 }]]),
    get buffered() {
      return at.buffered;
    },
    afterSilence: (now: number) => idleness.fire(now, run),
  } as unknown as Task;
  const consumer = {
    caughtUp: () => at.caughtUp,
    position: () => at.position,
    offsets: async () => {
      if (!at.reachable) throw new Error('no broker answers');
      return [at.end];
    },
    wake: () => {},
  } as unknown as Consumer;
  const silence = new Silence(consumer, { now: () => at.now } as Clock);
  /** Two turns of a worker, with the log's answer between them. */
  const turn = async (now: number): Promise<readonly number[]> => {
    at.now = now;
    silence.watch([task]);
    await new Promise((resolve) => setImmediate(resolve));
    silence.watch([task]);
    return done;
  };
  return { at, turn, due: () => silence.due(task) };
};

test('a silence is over exactly when it has lasted long enough, and counts once', async () => {
  const { turn, due } = watched();
  expect(await turn(1_000)).toEqual([]);
  expect(due()).toBe(1_100);
  expect(await turn(1_099)).toEqual([]);
  expect(await turn(1_100)).toEqual([1_100]);
  expect(due()).toBe(Number.POSITIVE_INFINITY);
  expect(await turn(9_000)).toEqual([1_100]);
});

describe('nothing is a silence', () => {
  test('while records wait, or are known to be on the log', async () => {
    const { at, turn } = watched();
    await turn(1_000);
    at.buffered = 1;
    await turn(1_050);
    at.buffered = 0;
    expect(await turn(1_140)).toEqual([]);
    at.caughtUp = false;
    expect(await turn(5_000)).toEqual([]);
    at.caughtUp = true;
    await turn(5_001);
    expect(await turn(5_101)).toEqual([5_101]);
  });

  test('where the log has more than has been read, though nobody has said so yet', async () => {
    const { at, turn } = watched();
    await turn(1_000);
    at.end = 6;
    expect(await turn(1_100)).toEqual([]);
    at.position = 6;
    expect(await turn(1_150)).toEqual([]);
    expect(await turn(1_200)).toEqual([1_200]);
  });

  test('while the log is out of reach; it begins anew where it last did not answer', async () => {
    const { at, turn } = watched();
    await turn(1_000);
    at.reachable = false;
    for (let now = 1_100; now < 2_000; now += 50) expect(await turn(now)).toEqual([]);
    at.reachable = true;
    expect(await turn(1_999)).toEqual([]);
    expect(await turn(2_000)).toEqual([2_000]);
  });
});
