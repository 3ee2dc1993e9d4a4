import type { CompletedJobs } from './completed-jobs.js';
import type { InFlightRecords } from './in-flight-records.js';
import type { Job } from './job.js';
import type { TaskHost } from './task-host.js';

/** Maximum number of results that are processed in one turn of the task. */
const burst = 100;

/**
 * Processes the results of calls in the task's turn. A result continues on the synchronous path. A failure goes to the
 * error policy, which may retry the call; other calls continue.
 */
export class CallResults {
  readonly #host: TaskHost;
  readonly #inFlight: InFlightRecords;
  readonly #completed: CompletedJobs;
  /** Created once and not per result. */
  readonly #passOn = (): void => {
    const { record, stage, value } = this.#completed.head as Job;
    stage.done(record, value);
  };

  constructor(host: TaskHost, inFlight: InFlightRecords, completed: CompletedJobs) {
    this.#host = host;
    this.#inFlight = inFlight;
    this.#completed = completed;
  }

  /** Processes available results. Returns true if there were any. */
  settle(): boolean {
    if (this.#completed.head === undefined) return false;
    const now = this.#host.clock.monotonic();
    let settled = 0;
    while (settled < burst && !this.#host.waiting(now)) {
      const { head } = this.#completed;
      if (head === undefined || !this.#host.expire() || !this.#settleOne(head)) break;
      this.#host.advanceTime();
      settled++;
    }
    return settled > 0;
  }

  /** Returns false when the same result has to be processed again. */
  #settleOne(job: Job): boolean {
    const { origin, stage } = job;
    this.#inFlight.current = origin;
    let outcome: 'done' | 'again' | 'retried' = 'done';
    try {
      outcome = job.failed ? this.#judge(job) : this.#host.run(stage.node, origin.received, this.#passOn);
    } finally {
      if (outcome !== 'again') this.#completed.shift();
      if (outcome === 'done') {
        stage.finish(job);
        this.#inFlight.release(origin);
      }
    }
    return outcome !== 'again';
  }

  #judge(job: Job): 'done' | 'retried' {
    const { attempt, origin, stage, value } = job;
    const delay = this.#host.judgeCall(value, stage.node, origin.received, attempt, stage.onError);
    if (delay === undefined) return 'done';
    stage.retry([job], delay);
    return 'retried';
  }
}
