import { expect, test } from '@jest/globals';
import type { OffsetQuery, Position, RemovedRecords } from '@kstreams/core/graph';
import { skipRemoved } from './removed-records.js';

const at = (partition: number, offset: number): Position => ({ topic: 't', partition, offset });

/** Partitions 0 to 2, whose records lie from 10 to 20, of which those up to 18 are readable. */
const skip = async (positions: readonly Position[], decision: 'earliest' | 'latest', outOfRange = true) => {
  const refetched: (readonly Position[])[] = [];
  const removed: RemovedRecords[] = [];
  await skipRemoved(
    { fetchPositions: positions, outOfRange, refetch: (all) => void refetched.push(all) },
    async (all, query: OffsetQuery) =>
      all.map(() => ({ earliest: 10, latest: 18, 'latest-written': 20 })[String(query)] ?? -1),
    (records) => {
      removed.push(records);
      return decision;
    },
  );
  return { refetched, removed };
};

test('partitions before their oldest record, and beyond their end, continue where it was decided', async () => {
  const positions = [at(0, 4), at(1, 15), at(2, 21)];
  const removed = [
    { topic: 't', partition: 0, from: 4, to: 10 },
    { topic: 't', partition: 2, from: 21, to: 10 },
  ];
  expect(await skip(positions, 'earliest')).toEqual({ removed, refetched: [[at(0, 10), at(2, 10)]] });
  expect(await skip(positions, 'latest')).toEqual({ removed, refetched: [[at(0, 18), at(2, 18)]] });
});

test('without such partitions, those that the client stopped to fetch are fetched again', async () => {
  const positions = [at(0, 10), at(1, 20)];
  expect(await skip(positions, 'earliest')).toEqual({ removed: [], refetched: [positions] });
  expect(await skip(positions, 'earliest', false)).toEqual({ removed: [], refetched: [] });
});
