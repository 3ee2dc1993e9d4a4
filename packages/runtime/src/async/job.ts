import type { StreamRecord } from '@kstreams/core';
import type { Origin } from './origins.js';

/** A record that a stage has taken in and that is not done yet. */
export interface Job {
  readonly record: StreamRecord<unknown, unknown>;
  readonly origin: Origin;
  /** Jobs of one lane are done one after another. */
  readonly lane: unknown;
  /** How often it has been tried. */
  attempt: number;
  /** The job behind it in its lane. */
  next: Job | undefined;
  /** True once its lane goes on without it. */
  left: boolean;
}

/** How much memory a job's record takes, as far as its source record tells, in bytes. */
export const bytesOf = ({ origin: { received } }: Job): number =>
  received === undefined ? 0 : (received.key?.length ?? 0) + (received.value?.length ?? 0);
