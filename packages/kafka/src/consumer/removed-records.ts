import {
  type ConsumerOptions,
  type OffsetQuery,
  type Position,
  partitionId,
  type TopicPartition,
} from '@kstreams/core/graph';
import type { Fetcher } from './fetcher.js';

/** Looks up offsets, one per partition. */
type Offsets = (partitions: readonly TopicPartition[], at: OffsetQuery) => Promise<readonly number[]>;

/**
 * Continues the partitions with positions out of range: their records were deleted, or the partition ends before them.
 * `removed` decides from which end.
 */
export const skipRemoved = async (
  fetcher: Pick<Fetcher, 'fetchPositions' | 'outOfRange' | 'refetch'>,
  offsets: Offsets,
  removed: NonNullable<ConsumerOptions['removed']>,
): Promise<void> => {
  const positions = fetcher.fetchPositions;
  const [starts, ends, readable] = await Promise.all([
    offsets(positions, 'earliest'),
    offsets(positions, 'latest-written'),
    offsets(positions, 'latest'),
  ]);
  const next = new Map<string, Position>();
  for (const [i, { topic, partition, offset: from }] of positions.entries()) {
    const [to, end] = [starts[i] ?? 0, ends[i] ?? 0];
    if (from >= to && from <= end) continue;
    const decided = removed({ topic, partition, from, to });
    const offset = decided === 'earliest' ? to : Math.max(to, readable[i] ?? 0);
    next.set(partitionId({ topic, partition }), { topic, partition, offset });
  }
  if (next.size > 0) fetcher.refetch([...next.values()]);
  // The position may be in range again, but the client has stopped to fetch its partition.
  else if (fetcher.outOfRange) fetcher.refetch(positions);
};
