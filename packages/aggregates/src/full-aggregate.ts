import type { MergeableAggregate, SubtractableAggregate } from '@kstreams/core/dsl';

/** An aggregation that works on streams, windows, sessions and grouped tables: it can merge and subtract. */
export interface FullAggregate<in V, in out A, in out R = A>
  extends MergeableAggregate<V, A, R>,
    SubtractableAggregate<V, A, R> {}
