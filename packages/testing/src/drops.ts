import type { DropReason } from '@kstreams/core/graph';

/** The numbers of dropped records, by node and reason. */
export interface Drops {
  readonly node: string;
  readonly reason: DropReason;
  readonly count: number;
}
