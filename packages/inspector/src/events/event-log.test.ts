import { expect, test } from '@jest/globals';
import type { AppEvent } from '@kstreams/runtime';
import { Subject } from 'rxjs';
import { EventLog } from './event-log.js';

const opened = () => {
  const events$ = new Subject<AppEvent>();
  let now = 0;
  const log = new EventLog({ events$ }, { now: () => now });
  return {
    log,
    emit: (event: AppEvent, at: number) => {
      now = at;
      events$.next(event);
    },
  };
};

test('events have a time, a text and a severity', () => {
  const { emit, log } = opened();
  emit({ kind: 'state', state: 'running' }, 1_000);
  emit({ kind: 'lost', worker: 0, partitions: [{ topic: 'orders', partition: 3 }] }, 2_000);
  emit({ kind: 'rolled-back', worker: 1, error: new Error('the broker is away') }, 3_000);
  expect(log.read().events).toEqual([
    { number: 1, at: 1_000, kind: 'state', text: 'state running', severe: false },
    { number: 2, at: 2_000, kind: 'lost', text: 'worker 0 · partitions orders-3', severe: true },
    { number: 3, at: 3_000, kind: 'rolled-back', text: 'worker 1 · error the broker is away', severe: true },
  ]);
});

test('commits are counted per second, for ten minutes', () => {
  const { emit, log } = opened();
  const commit: AppEvent = { kind: 'committed', worker: 0, tasks: [] };
  for (const at of [0, 999, 1_000]) emit(commit, at);
  expect(log.read().commits).toEqual([
    [0, 2],
    [1, 1],
  ]);
  for (let second = 2; second < 700; second++) emit(commit, second * 1_000);
  const { commits } = log.read();
  expect([commits.length, commits[0]?.[0], log.read().events]).toEqual([600, 100, []]);
});

test('the latest events are kept, without the progress of restores', () => {
  const { emit, log } = opened();
  const of = { task: '0_0', store: 'counts', partition: 0 };
  emit({ kind: 'restore-started', from: 0, to: 9, ...of }, 0);
  emit({ kind: 'restore-progress', restored: 3, at: 3, to: 9, ...of }, 1);
  emit({ kind: 'restore-ended', restored: 9, complete: true, ...of }, 2);
  expect(log.read().events.map(({ kind, restore }) => [kind, restore])).toEqual([
    ['restore-started', 'counts-0'],
    ['restore-ended', 'counts-0'],
  ]);
  for (let n = 0; n < 500; n++) emit({ kind: 'state', state: 'running' }, n);
  const { events } = log.read();
  expect([events.length, events.at(-1)?.number]).toEqual([400, 502]);
  log.close();
  emit({ kind: 'state', state: 'closed' }, 0);
  expect(log.read().events.at(-1)?.text).toBe('state running');
});
