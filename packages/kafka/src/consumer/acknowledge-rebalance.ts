import type { RebalanceKind } from '@kstreams/kafka-common';
import type { NativeAssignment } from '../client/addon.js';

/** Acknowledges a rebalance without a change of partitions: otherwise closing the client never ends. */
export const acknowledgeRebalance = (
  native: Pick<NativeAssignment, 'incrementalAssign' | 'incrementalUnassign'>,
  kind: RebalanceKind,
): void => {
  try {
    if (kind === 'assigned') native.incrementalAssign([]);
    else native.incrementalUnassign([]);
  } catch {
    // A disconnected client throws, and needs no acknowledgement.
  }
};
