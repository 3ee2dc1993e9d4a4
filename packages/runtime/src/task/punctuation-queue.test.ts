import { expect, test } from '@jest/globals';
import { PunctuationQueue, type RunCall } from './punctuation-queue.js';

const run: RunCall = (_, call) => {
  call();
  return 'done';
};

const scheduled = (...schedules: readonly (readonly [name: string, first: number, interval: number])[]) => {
  const punctuation = new PunctuationQueue();
  const fired: (readonly [string, number])[] = [];
  const cancels = schedules.map(([name, first, interval]) =>
    punctuation.add(name, first, interval, (at) => fired.push([name, at])),
  );
  return { punctuation, fired, cancels };
};

test('fires schedules by due time, then by the order in which they were added', () => {
  const { fired, punctuation } = scheduled(['late', 20, 100], ['first', 10, 100], ['second', 10, 100]);
  expect(punctuation.due).toBe(10);
  expect(punctuation.fire(25, run)).toBe('done');
  expect(fired.map(([name]) => name)).toEqual(['first', 'second', 'late']);
  expect(punctuation.due).toBe(110);
});

test('a schedule that missed periods fires once and is due at the next whole period', () => {
  const { fired, punctuation } = scheduled(['a', 10, 10]);
  punctuation.fire(47, run);
  expect(fired).toEqual([['a', 47]]);
  expect(punctuation.due).toBe(50);
});

test('fires nothing before the due time', () => {
  const { fired, punctuation } = scheduled(['a', 10, 10]);
  expect(punctuation.fire(9, run)).toBe('nothing');
  expect(fired).toEqual([]);
});

test('a cancelled schedule does not fire again, even if it cancels itself', () => {
  const { cancels, fired, punctuation } = scheduled(['a', 10, 10], ['b', 10, 10]);
  cancels[0]?.();
  const cancelOwn = punctuation.add('c', 10, 10, () => cancelOwn());
  punctuation.fire(10, run);
  expect(fired).toEqual([['b', 10]]);
  punctuation.fire(20, run);
  expect(fired).toEqual([
    ['b', 10],
    ['b', 20],
  ]);
});

test('a call that must run again stays due, and later schedules wait', () => {
  const { fired, punctuation } = scheduled(['a', 10, 10], ['b', 10, 10]);
  expect(punctuation.fire(10, () => 'again')).toBe('again');
  expect(punctuation.due).toBe(10);
  expect(punctuation.fire(10, run)).toBe('done');
  expect(fired.map(([name]) => name)).toEqual(['a', 'b']);
});
