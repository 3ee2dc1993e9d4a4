import {
  type ConsumerOptions,
  type OffsetQuery,
  type Position,
  partitionId,
  type TopicPartition,
} from '@kstreams/core/graph';

/** The part of a fetcher that continues partitions elsewhere. */
export interface Refetching {
  /** True when a partition is not fetched any more, because its position is out of range. */
  readonly outOfRange: boolean;
  /** The assigned partitions with the offsets of the next records to fetch. */
  readonly fetchPositions: readonly Position[];
  /** Fetches partitions from other offsets. Their polled and buffered records stay. */
  refetch(positions: readonly Position[]): void;
}

/** Looks up offsets, one per partition. */
type Offsets = (partitions: readonly TopicPartition[], at: OffsetQuery) => Promise<readonly number[]>;

/**
 * Continues the partitions with positions out of range: their records were deleted, or the partition ends before them.
 * `removed` decides from which end.
 */
export const skipRemoved = async (
  fetcher: Refetching,
  offsets: Offsets,
  removed: NonNullable<ConsumerOptions['removed']>,
): Promise<void> => {
  const known = fetcher.fetchPositions;
  const [starts, ends, readable] = await Promise.all([
    offsets(known, 'earliest'),
    offsets(known, 'latest-written'),
    offsets(known, 'latest'),
  ]);
  const index = new Map(known.map((one, i) => [partitionId(one), i]));
  // Partitions may have moved and records may have arrived meanwhile.
  const positions = fetcher.fetchPositions.filter((one) => index.has(partitionId(one)));
  const next = new Map<string, Position>();
  for (const { topic, partition, offset: from } of positions) {
    const i = index.get(partitionId({ topic, partition })) as number;
    const [to, end] = [starts[i] ?? 0, ends[i] ?? 0];
    if (from >= to && (from <= end || from !== known[i]?.offset)) continue;
    const decided = removed({ topic, partition, from, to });
    const offset = decided === 'earliest' ? to : Math.max(to, readable[i] ?? 0);
    next.set(partitionId({ topic, partition }), { topic, partition, offset });
  }
  if (next.size > 0) fetcher.refetch([...next.values()]);
  // The position may be in range again, but the client has stopped to fetch its partition.
  else if (fetcher.outOfRange) fetcher.refetch(positions);
};
