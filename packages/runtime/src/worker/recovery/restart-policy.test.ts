import { expect, test } from '@jest/globals';
import { ProcessingError } from '@kstreams/core/graph';
import { RestartPolicy } from './restart-policy.js';

const times = (count: number, call: () => number): readonly number[] => Array.from({ length: count }, call);

test('the first restart in a row is immediate, and pauses double up to 10 s', () => {
  const policy = new RestartPolicy();
  const pauses = times(10, () => policy.next(new Error('down')));
  expect(pauses).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
});

test('the eleventh restart in a row throws its error', () => {
  const policy = new RestartPolicy();
  times(10, () => policy.next(new Error('down')));
  expect(() => policy.next(new Error('still down'))).toThrow('still down');
});

test('a commit begins a new row', () => {
  const policy = new RestartPolicy();
  times(10, () => policy.next(new Error('down')));
  policy.succeeded();
  expect(policy.next(new Error('down'))).toBe(0);
});

test('restarts because of one record count together across commits', () => {
  const policy = new RestartPolicy();
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
