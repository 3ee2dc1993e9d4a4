import { expect, test } from '@jest/globals';
import { type HealthSource, healthOf } from './health.js';

const clock = { monotonic: () => 100_000 };

/** A worker with one task that reads `orders`; its last turn was `ago` ms before now. */
const workerOf = (ago: number, requests: string[] = []): HealthSource => {
  const queue = { topic: 'orders', partition: 2 };
  const task = {
    id: '0_2',
    partition: 2,
    queues: new Map([['orders', queue]]),
    stores: { open: [{ spec: { name: 'totals' } }] },
  };
  return {
    lastTurn: clock.monotonic() - ago,
    tasks: { running: [task] },
    lags: async () => {
      requests.push('lags');
      return new Map([[queue, 7]]);
    },
  };
};

test('lists the tasks with their worker, stores and lags', async () => {
  expect(await healthOf('running', [workerOf(0)], clock)).toEqual({
    live: true,
    ready: true,
    tasks: [
      {
        id: '0_2',
        worker: 0,
        partition: 2,
        topics: ['orders'],
        stores: ['totals'],
        lags: [{ topic: 'orders', partition: 2, lag: 7 }],
      },
    ],
  });
});

test('is live while every worker had a turn within a minute', async () => {
  expect((await healthOf('running', [workerOf(0), workerOf(59_999)], clock)).live).toBe(true);
  expect((await healthOf('running', [workerOf(0), workerOf(60_000)], clock)).live).toBe(false);
});

test('is ready while the application is running', async () => {
  expect((await healthOf('rebalancing', [workerOf(0)], clock)).ready).toBe(false);
});

test('of an ended application is not live, and requests nothing from the log', async () => {
  const requests: string[] = [];
  const health = await healthOf('failed', [workerOf(0, requests)], clock);
  expect([health.live, health.ready, requests]).toEqual([false, false, []]);
});
