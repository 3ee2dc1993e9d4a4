import type { Clock, CommittedOffset } from '@kstreams/core/graph';
import { type ClientError, codes, errorOf, isRetriable } from './errors.js';
import type { RebalanceQueue } from './rebalance-queue.js';
import { delay, requestTimeout } from './requests.js';

/** The pause before another attempt, in ms. */
const commitPause = 20;

/** Offsets that a group member commits. */
export interface OffsetCommit {
  readonly clock: Clock;
  readonly group: string;
  readonly rebalances: RebalanceQueue;
  readonly offsets: readonly CommittedOffset[];
  /** Sends the offsets once; resolves with the error when the group refuses them. */
  readonly send: () => Promise<ClientError | undefined>;
}

/**
 * Commits offsets, and retries for 10 s. Brokers refuse commits while a rebalance ends, and those of the generation before. A
 * retry commits the partitions that this member still has, in the new generation: a member that was expelled joins only
 * after it has lost them.
 *
 * @throws FencedError for a partition that is not assigned to this member, or TransportError when the group refuses the offsets.
 */
export const commitOffsets = async ({ clock, group, rebalances, offsets, send }: OffsetCommit): Promise<void> => {
  const deadline = clock.monotonic() + requestTimeout;
  while (offsets.length > 0) {
    rebalances.checkAssigned(offsets);
    const failure = await send();
    if (failure === undefined) return;
    const { code } = failure;
    const retry = code === codes.rebalancing || code === codes.oldGeneration || isRetriable(failure);
    if (!retry || rebalances.lost || clock.monotonic() > deadline) {
      throw errorOf('offsets cannot be committed', failure, {}, undefined, `Read on group "${group}"`);
    }
    await delay(clock, commitPause);
  }
};
