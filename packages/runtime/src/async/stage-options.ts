import type { AsyncStage, CallWork, Clock, NodeId, StreamRecord } from '@kstreams/core/graph';
import type { Completions } from './completions.js';
import type { Origins } from './origins.js';
import type { Slots } from './slots.js';

/** What a stage is made of. */
export interface StageOptions {
  readonly node: NodeId;
  readonly settings: AsyncStage;
  readonly work: CallWork<unknown, unknown, unknown>;
  /** What is done with a result, in the task's turn. */
  readonly done: (from: StreamRecord<unknown, unknown>, result: unknown) => void;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly origins: Origins;
  readonly completions: Completions;
  /** Called when no call can begin before a value is loaded. */
  readonly pending: (until: Promise<unknown>) => void;
}
