import { expect, test } from '@jest/globals';
import { parsePartitionId, partitionId, positionId } from './partition-id.js';

test('a partition id parses back into its partition', () => {
  const one = { topic: 'orders.eu-1', partition: 12 };
  expect(partitionId(one)).toBe('orders.eu-1/12');
  expect(parsePartitionId(partitionId(one))).toEqual(one);
});

test('position ids differ where topic, partition or offset differ', () => {
  const at = { topic: 'a', partition: 1, offset: 1 };
  const ids = [at, { ...at, topic: 'a1' }, { ...at, partition: 11 }, { ...at, offset: 11 }].map(positionId);
  expect(ids).toEqual(['a/1/1', 'a1/1/1', 'a/11/1', 'a/1/11']);
});
