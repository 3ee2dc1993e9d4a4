import { expect, test } from '@jest/globals';
import { ProcessingError, TransportError } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import { RestartPolicy } from './restart-policy.js';

const halfAnHour = 1_800_000;
const newPolicy = () => new RestartPolicy(new TestClock(), halfAnHour);
const away = () => new TransportError('no broker responds', {}, undefined, true);

const times = (count: number, call: () => number): readonly number[] => Array.from({ length: count }, call);

test('the first restart in a row is immediate, and pauses double up to 10 s', () => {
  const policy = newPolicy();
  const pauses = times(10, () => policy.next(new Error('down')));
  expect(pauses).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
});

test('the eleventh restart in a row throws its error', () => {
  const policy = newPolicy();
  times(10, () => policy.next(new Error('down')));
  expect(() => policy.next(new Error('still down'))).toThrow('still down');
});

test('a commit begins a new row', () => {
  const policy = newPolicy();
  times(10, () => policy.next(new Error('down')));
  policy.succeeded();
  expect(policy.next(new Error('down'))).toBe(0);
});

test('restarts because of one record count together across commits', () => {
  const policy = newPolicy();
  const error = new ProcessingError('poison', { topic: 'orders', partition: 0, offset: 7 });
  const pauses = times(10, () => {
    policy.succeeded();
    return policy.next(error);
  });
  expect(pauses.slice(0, 3)).toEqual([0, 100, 200]);
  policy.succeeded();
  expect(() => policy.next(error)).toThrow('poison');
  policy.succeeded();
  expect(policy.next(new ProcessingError('other', { topic: 'orders', partition: 0, offset: 8 }))).toBe(0);
});

test('restarts are counted for the last thousand records only', () => {
  const policy = newPolicy();
  const at = (offset: number) => new ProcessingError('poison', { topic: 'orders', partition: 0, offset });
  const restart = (offset: number): number => {
    policy.succeeded();
    return policy.next(at(offset));
  };
  restart(0);
  restart(1);
  for (let offset = 2; offset < 1_000; offset++) restart(offset);
  expect(restart(0)).toBe(100);
  restart(1_000);
  expect([restart(1), restart(0)]).toEqual([0, 200]);
});

test('outages are limited by time, not by their number', () => {
  const clock = new TestClock();
  const policy = new RestartPolicy(clock, halfAnHour);
  const pauses: number[] = [];
  while (clock.monotonic() < halfAnHour) {
    pauses.push(policy.next(away()));
    clock.advance(10_000);
  }
  expect(pauses).toHaveLength(180);
  expect(pauses.at(-1)).toBe(10_000);
  expect(() => policy.next(away())).toThrow(
    'nothing could be committed for 30 minutes, retryTimeout is over: no broker responds',
  );
});

test('an outage does not use up the restarts of other failures, nor begin a new row of them', () => {
  const policy = newPolicy();
  for (let i = 0; i < 10; i++) {
    policy.next(new Error('bug'));
    policy.next(away());
  }
  expect(() => policy.next(new Error('bug'))).toThrow('bug');
});

test('ten minutes without a failure begin a new row, of outages too', () => {
  const clock = new TestClock();
  const policy = new RestartPolicy(clock, 60_000);
  for (let i = 0; i < 20; i++) {
    expect(policy.next(away())).toBe(0);
    expect(policy.next(new Error('bug'))).toBe(100);
    clock.advance(600_000);
  }
});
