import { expect, test } from '@jest/globals';
import { TaskWork } from './task-work.js';

test('punctuations are steps in the order in which they fired, without those that were rolled back', () => {
  const work = new TaskWork();
  const fire = (key: string, outcome: 'kept' | 'rolled-back'): void => {
    work.begin();
    work.punctuate({ id: 'timers/0', at: 50, key }, 100);
    work.end(outcome);
  };
  fire('a', 'kept');
  fire('b', 'rolled-back');
  fire('b', 'kept');
  expect(work.take(() => true)).toEqual([
    { kind: 'punctuation', wall: 100, punctuation: { id: 'timers/0', at: 50, key: 'a' } },
    { kind: 'punctuation', wall: 100, punctuation: { id: 'timers/0', at: 50, key: 'b' } },
  ]);
});
