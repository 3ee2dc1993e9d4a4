import type { TopicPartition } from '@kstreams/core/graph';
import type { RebalanceKind } from '@kstreams/kafka-common';

/** The identity of a member in commits. */
export interface MemberIdentity {
  readonly id: string;
  /** The generation of a classic group, or the epoch of a member of KIP-848; -1 outside of a group. */
  readonly generation: number;
  readonly instanceId: string | null;
}

/** The subscription of a member and its time-outs, in ms. */
export interface MembershipOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly instanceId: string | null;
  readonly sessionTimeout: number;
  readonly heartbeatInterval: number;
  readonly maxPollInterval: number;
  readonly metadataRefresh: number;
}

/** The consumer of a membership. */
export interface MembershipListener {
  /** Receives a rebalance, for the next poll. */
  readonly rebalanced: (kind: RebalanceKind, partitions: readonly TopicPartition[]) => void;
  /** Resolves when no rebalance is pending; `undefined` when none is. */
  readonly settled: () => Promise<void> | undefined;
  /** The monotonic time of the last poll, in ms. */
  readonly lastPoll: () => number;
  /** Receives an error after which the member cannot join. */
  readonly failed: (error: Error) => void;
  readonly log: (message: string) => void;
}

/** A member of a group: it joins, sends heartbeats and takes part in rebalances beside the polls. */
export interface Membership {
  readonly identity: MemberIdentity;
  /** Joins the group in the background. */
  join(): void;
  /** Leaves the group; a member with an instance id keeps its place for the session time-out. */
  leave(): Promise<void>;
}

/** The identity of a consumer that has not joined. */
export const outside: MemberIdentity = { id: '', generation: -1, instanceId: null };
