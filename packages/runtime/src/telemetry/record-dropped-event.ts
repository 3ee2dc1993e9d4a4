import type { DropReason, NodeId, RecordSource } from '@kstreams/core/graph';

/** The first record that a node drops for a reason, in this process. All of them are counted. */
export interface RecordDroppedEvent {
  readonly kind: 'record-dropped';
  readonly node: NodeId;
  readonly reason: DropReason;
  /** The position of the record that was processed; absent in a schedule or timer and for a global table. */
  readonly record?: RecordSource;
}
