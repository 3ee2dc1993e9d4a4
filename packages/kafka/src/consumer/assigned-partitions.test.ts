import { expect, test } from '@jest/globals';
import type { Received } from '@kstreams/core/graph';
import { AssignedPartition } from './assigned-partitions.js';

const recordAt = (offset: number): Received => ({
  topic: 't',
  partition: 0,
  offset,
  timestamp: 0,
  key: null,
  value: null,
  headers: [],
});
const at = (offset: number) => ({ topic: 't', partition: 0, offset });

test('records of a paused partition are buffered and polled first after the resume', () => {
  const partition = new AssignedPartition(at(5), 1, true, 0);
  const polled: Received[] = [];
  partition.receive(recordAt(5), polled, 0);
  partition.takeBuffered(10, polled);
  expect(polled).toEqual([]);
  partition.setPaused(false);
  partition.receive(recordAt(6), polled, 0);
  partition.takeBuffered(1, polled);
  expect(polled.map(({ offset }) => offset)).toEqual([5]);
  expect(partition.position).toBe(6);
  partition.takeBuffered(10, polled);
  partition.receive(recordAt(7), polled, 0);
  expect(polled.map(({ offset }) => offset)).toEqual([5, 6, 7]);
  expect(partition.position).toBe(8);
});

test('the position moves to an end behind the last record only after the buffered records', () => {
  const partition = new AssignedPartition(at(0), 1, false, 0);
  partition.receive(recordAt(0), undefined, 0);
  partition.reachEnd(3);
  expect(partition).toMatchObject({ position: 0, caughtUp: false });
  partition.takeBuffered(10, []);
  expect(partition).toMatchObject({ position: 3, caughtUp: true });
});

test('the client pauses a partition with a full buffer, and resumes it with the application', () => {
  const partition = new AssignedPartition(at(0), 1, true, 0);
  for (let offset = 0; offset < 999; offset++) partition.receive(recordAt(offset), undefined, 0);
  expect(partition.nextFetchChange()).toBeUndefined();
  partition.receive(recordAt(999), undefined, 0);
  expect(partition.nextFetchChange()).toBe('pause');
  expect(partition.nextFetchChange()).toBeUndefined();
  partition.setPaused(false);
  expect(partition.nextFetchChange()).toBe('resume');
  expect(partition.nextFetchChange()).toBeUndefined();
});

test('a partition is silent from its last record on, but not at its end', () => {
  const partition = new AssignedPartition(at(0), 1, false, 100);
  expect(partition.silentSince).toBe(100);
  partition.receive(recordAt(0), [], 200);
  expect(partition.silentSince).toBe(200);
  partition.reachEnd(1);
  expect(partition.silentSince).toBe(Number.POSITIVE_INFINITY);
  partition.refetch(5, 2, 300);
  expect([partition.silentSince, partition.position, partition.isStale(1)]).toEqual([300, 5, true]);
});

test('buffered records stay when a partition is fetched from another offset', () => {
  const partition = new AssignedPartition(at(0), 1, true, 0);
  partition.receive(recordAt(0), undefined, 0);
  partition.receive(recordAt(1), undefined, 0);
  expect(partition.fetchPosition).toBe(2);
  partition.refetch(7, 2, 0);
  const polled: Received[] = [];
  partition.setPaused(false);
  partition.takeBuffered(10, polled);
  expect([polled.length, partition.position]).toEqual([2, 2]);
});
