import type { StreamsError } from '@kstreams/core';
import { located } from '../compile/guard.js';
import type { Scope } from '../compile/scope.js';
import type { Attempts } from '../task/attempts.js';
import type { AsyncWork } from './async-work.js';
import type { Completion } from './completions.js';
import type { Job } from './job.js';

/** What results are dealt with by: the task whose turn it is. */
export interface CallResultsOptions {
  readonly work: AsyncWork;
  readonly attempts: Attempts;
  readonly scope: Scope;
  /** Where the record in hand was read. */
  readonly source: { topic: string; partition: number; offset: number };
  readonly now: () => number;
  /** Tells who follows the time behind the stages, which may have moved on with each result. */
  readonly moveOn: () => void;
}

/** How many results are dealt with before the next task has its turn. */
const burst = 100;

/**
 * Deals with what the calls of a task came to, in its turn: a result goes on down the ordinary synchronous path, a failure
 * to the error policy, which may have the call tried again while all others go on.
 */
export class CallResults {
  readonly #options: CallResultsOptions;

  constructor(options: CallResultsOptions) {
    this.#options = options;
  }

  /** Deals with what is there, and answers whether anything was. */
  settle(): boolean {
    const { attempts, now, work } = this.#options;
    const { completions } = work;
    let dealtWith = 0;
    for (; dealtWith < burst && completions.head !== undefined && !attempts.waiting(now()); dealtWith++) {
      if (!this.#settleOne(completions.head)) break;
      this.#options.moveOn();
    }
    return dealtWith > 0;
  }

  /** Answers false when the same result must be dealt with again. */
  #settleOne(completion: Completion): boolean {
    const { attempts, work } = this.#options;
    const { failed, job, stage, value } = completion;
    this.#takeUp(job);
    let outcome: 'done' | 'again' | 'called-again' = 'done';
    try {
      outcome = failed
        ? this.#judge(completion)
        : attempts.run('processing', stage.node, job.origin.received, () => stage.done(job.record, value));
    } finally {
      if (outcome !== 'again') work.completions.shift();
      if (outcome === 'done') {
        stage.finish(job);
        work.release(job.origin);
      }
    }
    return outcome !== 'again';
  }

  #takeUp({ origin }: Job): void {
    const { source, work } = this.#options;
    work.origins.current = origin;
    if (origin.received === undefined) return;
    source.topic = origin.received.topic;
    source.partition = origin.received.partition;
    source.offset = origin.received.offset;
  }

  #judge({ job, stage, value }: Completion): 'done' | 'called-again' {
    const { attempts, scope } = this.#options;
    const error = located(value, stage.node, scope) as StreamsError;
    const failure = { kind: 'processing', error, record: job.origin.received, attempt: job.attempt } as const;
    const wait = attempts.judge(failure, stage.settings.onError);
    if (wait === undefined) return 'done';
    stage.retry([job], wait);
    return 'called-again';
  }
}
