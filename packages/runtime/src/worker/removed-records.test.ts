import { expect, test } from '@jest/globals';
import { onRemovedRecords, type RemovedRecordsPolicy } from './removed-records.js';
import type { WorkerEvent } from './worker-event.js';

const report = (removedRecords: RemovedRecordsPolicy) => {
  const events: WorkerEvent[] = [];
  const counted: [string, number][] = [];
  const removed = onRemovedRecords({
    index: 1,
    removedRecords,
    metrics: { removed: (topic, count) => void counted.push([topic, count]) },
    emit: (event) => void events.push(event),
  });
  return { counted, events, removed };
};
const lost = { topic: 'orders', partition: 2, from: 10, to: 25 };

test.each(['earliest', 'latest'] as const)(
  'removed records are counted and reported; reading continues: %s',
  (policy) => {
    const { counted, events, removed } = report(policy);
    expect(removed(lost)).toBe(policy);
    expect(counted).toEqual([['orders', 15]]);
    expect(events).toEqual([{ kind: 'records-removed', worker: 1, ...lost, count: 15, next: policy }]);
  },
);

test('the policy "fail" ends the worker with the place', () => {
  const { events, removed } = report('fail');
  expect(() => removed(lost)).toThrow(
    'the log deleted 15 records before they were read, from offset 10 to 25 of orders/2: keep records for longer',
  );
  expect(events).toHaveLength(1);
});

test('a partition that ends before the next record has lost no counted records', () => {
  const { counted, removed } = report('fail');
  expect(() => removed({ ...lost, from: 30, to: 0 })).toThrow(
    'orders/2 ends before offset 30, which is the next to read',
  );
  expect(counted).toEqual([['orders', 0]]);
});
