import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inParallel } from './in-parallel.js';

test('each item is worked on once, as many at once as the limit allows', async () => {
  const law = fc.asyncProperty(fc.array(fc.nat(3)), fc.integer({ min: 1, max: 5 }), async (turns, limit) => {
    const done: number[] = [];
    let [running, most] = [0, 0];
    await inParallel(turns.entries(), limit, async ([i, count]) => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn <= count; turn++) await Promise.resolve();
      running--;
      done.push(i);
    });
    expect(done.sort((a, b) => a - b)).toEqual([...turns.keys()]);
    expect(most).toBe(Math.min(limit, turns.length));
  });
  await fc.assert(law);
});

test('the first failure rejects, and no other work starts', async () => {
  const started: number[] = [];
  const work = async (item: number): Promise<void> => {
    started.push(item);
    await Promise.resolve();
    if (item === 1) throw new Error('refused');
    await new Promise((resolve) => setImmediate(resolve));
  };
  await expect(inParallel([0, 1, 2, 3, 4], 2, work)).rejects.toThrow('refused');
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(started).toEqual([0, 1]);
});
