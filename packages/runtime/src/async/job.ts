import type { StreamRecord } from '@kstreams/core';
import type { Origin } from './origins.js';
import type { Stage } from './stage.js';

/** A record that a stage has taken in and that is not done yet. */
export interface Job {
  readonly stage: Stage;
  readonly record: StreamRecord<unknown, unknown>;
  readonly origin: Origin;
  /** Jobs of one lane are done one after another. */
  readonly lane: unknown;
  /** How much memory its record takes, as far as its source record tells. */
  readonly bytes: number;
  /** How often it has been tried. */
  attempt: number;
  /** The job behind it in its lane. */
  next: Job | undefined;
  /** True once its lane goes on without it. */
  left: boolean;
  /** What its last attempt came to, once that is over: a result, or what was thrown. */
  failed: boolean;
  value: unknown;
}

/** A job that has not been tried. */
export const newJob = (stage: Stage, record: StreamRecord<unknown, unknown>, origin: Origin, lane: unknown): Job => {
  const { received } = origin;
  const bytes = received === undefined ? 0 : (received.key?.length ?? 0) + (received.value?.length ?? 0);
  return {
    stage,
    record,
    origin,
    lane,
    bytes,
    attempt: 0,
    next: undefined,
    left: false,
    failed: false,
    value: undefined,
  };
};
