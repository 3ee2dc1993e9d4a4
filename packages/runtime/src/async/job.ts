import { type NodeId, noBytes, noHeaders, type OnError, record, type StreamRecord } from '@kstreams/core/graph';
import type { InFlightRecord } from './in-flight-records.js';

/** The part of a stage that processes results of jobs. */
export interface JobStage {
  readonly node: NodeId;
  /** The error policy of the node; that of the application unless set. */
  readonly onError: OnError | undefined;
  /** Passes a result on to the node's children. */
  readonly done: (from: StreamRecord<unknown, unknown>, result: unknown) => void;
  /** Removes a finished job. */
  finish(job: Job): void;
  /** Calls again for jobs, after a delay in ms. */
  retry(jobs: readonly Job[], after: number): void;
}

/** Jobs that run one after another. */
export interface SerialQueue {
  /** The newest of them; `undefined` in an empty queue. */
  last: Job | undefined;
}

/** The record of a free job. */
const nothing: StreamRecord<unknown, unknown> = record(null, noBytes, 0, noHeaders);

/** A record in an async stage. Jobs are pooled: a finished one is reused for another record. */
export class Job {
  readonly stage: JobStage;
  record = nothing;
  /** The source record, or punctuation, from which the record derives. */
  origin: InFlightRecord;
  /** The queue of its key, until the job leaves it. */
  queue: SerialQueue | undefined = undefined;
  /** Memory of the record in bytes, estimated by the size of its source record. */
  bytes = 0;
  /** Number of attempts so far. */
  attempt = 0;
  /** The part of a bisected batch that the job is called with; 0 for any batch. */
  part = 0;
  /** The next job of the same key. */
  next: Job | undefined = undefined;
  /** The next job in the `JobQueue` that holds this one. */
  behind: Job | undefined = undefined;
  /** True when the last attempt failed. */
  failed = false;
  /** The result of the last attempt, or its error. */
  value: unknown = undefined;

  constructor(stage: JobStage, origin: InFlightRecord) {
    this.stage = stage;
    this.origin = origin;
  }

  /** Starts with a record that has not been tried. */
  begin(record: StreamRecord<unknown, unknown>, origin: InFlightRecord): void {
    const { received } = origin;
    this.record = record;
    this.origin = origin;
    this.bytes = received === undefined ? 0 : (received.key?.length ?? 0) + (received.value?.length ?? 0);
    this.attempt = 0;
    this.part = 0;
  }

  /** Releases the record and the result. */
  end(): void {
    this.record = nothing;
    this.value = undefined;
  }
}
