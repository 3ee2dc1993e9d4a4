import type { TopicPartition } from '@kstreams/core/graph';
import type { NativeConsumer } from '../client/addon.js';

/**
 * Returns the end of a partition as of the last fetch, without a request; `undefined` before one. Open transactions lie
 * before it.
 */
export const lastWatermark = (
  native: Pick<NativeConsumer, 'getWatermarkOffsets'>,
  { topic, partition }: TopicPartition,
): number | undefined => {
  try {
    const { highOffset } = native.getWatermarkOffsets(topic, partition);
    return highOffset < 0 ? undefined : highOffset;
  } catch {
    // The client has not begun to fetch the partition.
    return undefined;
  }
};
