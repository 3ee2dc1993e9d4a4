import { expect, test } from '@jest/globals';
import { TaskWork } from './task-work.js';

test('triggers of one simulation step are one step of the task; a trigger after one that was rolled back is another', () => {
  let now = 1;
  const work = new TaskWork(() => now);
  const fire = (wall: number, outcome: 'kept' | 'rolled-back'): void => {
    work.begin();
    work.fire('wall', wall);
    work.end(outcome);
  };
  fire(100, 'kept');
  fire(100, 'kept');
  now = 2;
  fire(200, 'rolled-back');
  fire(200, 'kept');
  expect(work.take(() => true).map(({ wall }) => wall)).toEqual([100, 200]);
});
