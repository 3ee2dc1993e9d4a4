import { expect, test } from '@jest/globals';
import { OrderedSteps } from './ordered-steps.js';
import { Pending } from './pending.js';

const deferred = () => {
  let settle: { resolve: () => void; reject: (error: Error) => void } = { resolve: () => {}, reject: () => {} };
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
};

test('runs steps at once until one waits, then in order', async () => {
  const steps = new OrderedSteps();
  const done: number[] = [];
  const load = deferred();
  let loaded = false;
  steps.run(() => done.push(1));
  steps.run(() => {
    if (!loaded) throw new Pending(load.promise);
    done.push(2);
  });
  steps.run(() => done.push(3));
  expect(done).toEqual([1]);
  loaded = true;
  load.resolve();
  await steps.settled();
  expect(done).toEqual([1, 2, 3]);
  steps.run(() => done.push(4));
  expect(done).toEqual([1, 2, 3, 4]);
});

test('reports a value that cannot be loaded, and runs the steps behind it', async () => {
  const errors: unknown[] = [];
  const steps = new OrderedSteps((error) => errors.push(error));
  const load = deferred();
  const done: number[] = [];
  steps.run(() => {
    throw new Pending(load.promise);
  });
  steps.run(() => done.push(2));
  load.reject(new Error('gone'));
  await expect(steps.settled()).rejects.toThrow('gone');
  expect([done, errors.length]).toEqual([[2], 1]);
});

test('throws other errors to the caller', () => {
  const steps = new OrderedSteps();
  expect(() =>
    steps.run(() => {
      throw new Error('no');
    }),
  ).toThrow('no');
});
