import { expect, test } from '@jest/globals';
import { type HealthSource, healthOf } from './health.js';

const clock = { monotonic: () => 100_000 };

/** A worker with one task that reads `orders`; its last turn was `ago` ms before now. */
const workerOf = (ago: number, awaitsLog = false): HealthSource => {
  const queue = { topic: 'orders', partition: 2 };
  const task = {
    id: '0_2',
    partition: 2,
    queues: new Map([['orders', queue]]),
    stores: { open: [{ spec: { name: 'totals' } }] },
  };
  return {
    lastTurn: clock.monotonic() - ago,
    awaitsLog,
    tasks: { running: [task] },
    lag: () => 7,
  };
};

test('lists the tasks with their worker, stores and lags', () => {
  expect(healthOf('running', [workerOf(0)], clock)).toEqual({
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

test('is live while every worker had a turn within a minute', () => {
  expect(healthOf('running', [workerOf(0), workerOf(59_999)], clock).live).toBe(true);
  expect(healthOf('running', [workerOf(0), workerOf(60_000)], clock).live).toBe(false);
});

test('is live while workers wait for the log, as long as an outage lasts', () => {
  expect(healthOf('rebalancing', [workerOf(3_600_000, true)], clock).live).toBe(true);
});

test('is ready while the application is running and has tasks here', () => {
  expect(healthOf('rebalancing', [workerOf(0)], clock).ready).toBe(false);
  expect(healthOf('running', [{ ...workerOf(0), tasks: { running: [] } }, workerOf(0)], clock).ready).toBe(true);
  expect(healthOf('running', [{ ...workerOf(0), tasks: { running: [] } }], clock).ready).toBe(false);
});

test('leaves out the lag of a partition that was not fetched yet', () => {
  const [task] = healthOf('running', [{ ...workerOf(0), lag: () => undefined }], clock).tasks;
  expect(task?.lags).toEqual([]);
});

test('of an ended application is neither live nor ready', () => {
  expect(healthOf('failed', [workerOf(0)], clock)).toMatchObject({ live: false, ready: false });
});
