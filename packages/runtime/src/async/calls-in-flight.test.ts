import { expect, test } from '@jest/globals';
import { type AsyncCall, noBytes, noHeaders, record } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import { CallsInFlight, type CallsOptions } from './calls-in-flight.js';
import { InFlightRecord } from './in-flight-records.js';
import { Job, type JobStage } from './job.js';
import { noOthers } from './pending-call.js';

const stage: JobStage = { node: 'node', onError: undefined, done: () => {}, finish: () => {}, retry: () => {} };

const setUp = (one: () => unknown, timeout?: number) => {
  const clock = new TestClock();
  const signals: AbortSignal[] = [];
  const results: (readonly [at: number, job: Job, failed: boolean, value: unknown])[] = [];
  const caller: { ended: CallsOptions['ended'] } = {
    ended: (job, _, failed, value) => results.push([clock.now(), job, failed, value]),
  };
  const work: CallsOptions['work'] = {
    one: (_: unknown, { signal }: AsyncCall) => {
      signals.push(signal);
      return one();
    },
  };
  const calls = new CallsInFlight({ clock, timeout, work, ended: (...args) => caller.ended(...args) });
  const newJob = (): Job => {
    const job = new Job(stage, new InFlightRecord());
    job.begin(record(null, noBytes, 0, noHeaders), new InFlightRecord());
    return job;
  };
  return { begin: (job = newJob()) => void calls.begin(job, noOthers), caller, calls, clock, newJob, signals, results };
};

test('each call has its own timeout, also one that begins when others time out', () => {
  const { begin, caller, clock, results } = setUp(() => new Promise(() => {}), 10);
  const { ended } = caller;
  caller.ended = (job, others, failed, value) => {
    ended(job, others, failed, value);
    if (results.length < 4) begin(job);
  };
  begin();
  clock.advance(4);
  begin();
  clock.advance(30);
  expect(results.map(([at]) => at)).toEqual([10, 14, 20, 24, 30]);
  expect(results.every(([, , failed, value]) => failed && /longer than 10 ms/.test(String(value)))).toBe(true);
});

test('the result of an abandoned call is ignored', async () => {
  const answers: ((value: string) => void)[] = [];
  const { begin, calls, clock, signals, results } = setUp(() => new Promise((resolve) => answers.push(resolve)), 10);
  begin();
  clock.advance(10);
  begin();
  answers[0]?.('too late');
  await Promise.resolve();
  expect([results.length, calls.size]).toEqual([1, 1]);
  answers[1]?.('in time');
  await Promise.resolve();
  expect(results.map(([, , , value]) => String(value))).toEqual([
    'CallTimeout: the call took longer than 10 ms',
    'in time',
  ]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  expect(calls.size).toBe(0);
});

test('aborting all calls reports nothing and leaves no timer', async () => {
  const { begin, calls, clock, signals, results } = setUp(() => Promise.resolve('an answer'), 10);
  begin();
  begin();
  calls.abort(new Error('the task closes'));
  await Promise.resolve();
  expect([results.length, calls.size, clock.due]).toEqual([0, 0, Number.POSITIVE_INFINITY]);
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
  const { begin, calls, results } = setUp(one as () => unknown);
  begin();
  for (let i = 0; i < 3; i++) await Promise.resolve();
  expect(results.map(([, , failed, value]) => [failed, String(value)])).toEqual([expected]);
  expect(calls.size).toBe(0);
});
