import { expect, test } from '@jest/globals';
import { type AsyncCall, noBytes, noHeaders, record } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import { type Caller, CallsInFlight } from './calls-in-flight.js';
import { Job } from './job.js';
import { Origin } from './origins.js';
import { noOthers } from './place.js';
import type { StageOptions } from './stage-options.js';

const setUp = (one: () => unknown, timeout?: number) => {
  const clock = new TestClock();
  const signals: AbortSignal[] = [];
  const told: (readonly [at: number, job: Job, failed: boolean, value: unknown])[] = [];
  const caller: Caller = { over: (job, _, failed, value) => told.push([clock.now(), job, failed, value]) };
  const calls = new CallsInFlight(
    {
      clock,
      settings: { timeout },
      work: {
        one: (_: unknown, { signal }: AsyncCall) => {
          signals.push(signal);
          return one();
        },
      },
    } as unknown as StageOptions,
    { over: (...args) => caller.over(...args) },
  );
  const newJob = (): Job => {
    const job = new Job(undefined as never, new Origin());
    job.begin(record(null, noBytes, 0, noHeaders), new Origin());
    return job;
  };
  return { begin: (job = newJob()) => void calls.begin(job, noOthers), caller, calls, clock, newJob, signals, told };
};

test('each call has its own time, whatever begins when others are late', () => {
  const { begin, caller, clock, told } = setUp(() => new Promise(() => {}), 10);
  const { over } = caller;
  caller.over = (job, others, failed, value) => {
    over(job, others, failed, value);
    if (told.length < 4) begin(job);
  };
  begin();
  clock.advance(4);
  begin();
  clock.advance(30);
  expect(told.map(([at]) => at)).toEqual([10, 14, 20, 24, 30]);
  expect(told.every(([, , failed, value]) => failed && /longer than 10 ms/.test(String(value)))).toBe(true);
});

test('what comes of a call that was given up meets nobody', async () => {
  const answers: ((value: string) => void)[] = [];
  const { begin, calls, clock, signals, told } = setUp(() => new Promise((resolve) => answers.push(resolve)), 10);
  begin();
  clock.advance(10);
  begin();
  answers[0]?.('too late');
  await Promise.resolve();
  expect([told.length, calls.size]).toEqual([1, 1]);
  answers[1]?.('in time');
  await Promise.resolve();
  expect(told.map(([, , , value]) => String(value))).toEqual([
    'CallTimeout: the call took longer than 10 ms',
    'in time',
  ]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  expect(calls.size).toBe(0);
});

test('when all are given up nothing is told, and no timer is left', async () => {
  const { begin, calls, clock, signals, told } = setUp(() => Promise.resolve('an answer'), 10);
  begin();
  begin();
  calls.abort(new Error('the task closes'));
  await Promise.resolve();
  expect([told.length, calls.size, clock.due]).toEqual([0, 0, Number.POSITIVE_INFINITY]);
  expect(signals.map(({ reason }) => String(reason))).toEqual(['Error: the task closes', 'Error: the task closes']);
});

test.each([
  ['a value', () => 'at once', [false, 'at once']],
  [
    'what is thrown',
    () => {
      throw new TypeError('no');
    },
    [true, 'TypeError: no'],
  ],
  [
    'what can be waited for',
    // biome-ignore lint/suspicious/noThenProperty: no promise, and yet it can be waited for
    () => ({ then: (resolve: (value: string) => void) => resolve('later') }),
    [false, 'later'],
  ],
  ['a promise that is rejected', () => Promise.reject(new RangeError('never')), [true, 'RangeError: never']],
])('a call comes to %s', async (_, one, expected) => {
  const { begin, calls, told } = setUp(one as () => unknown);
  begin();
  for (let i = 0; i < 3; i++) await Promise.resolve();
  expect(told.map(([, , failed, value]) => [failed, String(value)])).toEqual([expected]);
  expect(calls.size).toBe(0);
});
