import { noBytes, noHeaders, record, type StreamRecord } from '@kstreams/core/graph';
import type { Lane } from './lanes.js';
import type { Origin } from './origins.js';
import type { Stage } from './stage.js';

/** What a job holds that is done. */
const nothing: StreamRecord<unknown, unknown> = record(null, noBytes, 0, noHeaders);

/** A record that a stage has taken in and that is not done yet. Once it is done it is used again for another. */
export class Job {
  readonly stage: Stage;
  record = nothing;
  origin: Origin;
  /** The lane that it is in and does not leave to the next yet. */
  lane: Lane | undefined = undefined;
  /** How much memory its record takes, as far as its source record tells. */
  bytes = 0;
  /** How often it has been tried. */
  attempt = 0;
  /** The job behind it in its lane. */
  next: Job | undefined = undefined;
  /** The job behind it in the line that it stands in. */
  behind: Job | undefined = undefined;
  /** What its last attempt came to, once that is over: a result, or what was thrown. */
  failed = false;
  value: unknown = undefined;

  constructor(stage: Stage, origin: Origin) {
    this.stage = stage;
    this.origin = origin;
  }

  /** Begins, for a record that has not been tried. */
  begin(record: StreamRecord<unknown, unknown>, origin: Origin): void {
    const { received } = origin;
    this.record = record;
    this.origin = origin;
    this.bytes = received === undefined ? 0 : (received.key?.length ?? 0) + (received.value?.length ?? 0);
    this.attempt = 0;
  }

  /** Is done, and holds nothing any more. */
  end(): void {
    this.record = nothing;
    this.value = undefined;
  }
}
