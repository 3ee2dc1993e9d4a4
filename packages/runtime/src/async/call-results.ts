import type { Attempts } from '../task/attempts.js';
import { moveTo, type SourceInHand } from '../task/source-in-hand.js';
import type { AsyncWork } from './async-work.js';
import type { Job } from './job.js';

/** What results are dealt with by: the task whose turn it is. */
export interface CallResultsOptions {
  readonly work: AsyncWork;
  readonly attempts: Pick<Attempts, 'waiting' | 'run' | 'judgeCall'>;
  /** Where the record in hand was read. */
  readonly source: SourceInHand;
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
  /** Made once, not for each result. */
  readonly #goOn = (): void => {
    const { record, stage, value } = this.#options.work.completions.head as Job;
    stage.done(record, value);
  };

  constructor(options: CallResultsOptions) {
    this.#options = options;
  }

  /** Deals with what is there, and answers whether anything was. */
  settle(): boolean {
    const { attempts, moveOn, now, work } = this.#options;
    const { completions } = work;
    if (completions.head === undefined) return false;
    const begun = now();
    let dealtWith = 0;
    for (; dealtWith < burst && completions.head !== undefined && !attempts.waiting(begun); dealtWith++) {
      if (!this.#settleOne(completions.head)) break;
      moveOn();
    }
    return dealtWith > 0;
  }

  /** Answers false when the same result must be dealt with again. */
  #settleOne(job: Job): boolean {
    const { attempts, work } = this.#options;
    const { origin, stage } = job;
    this.#takeUp(job);
    let outcome: 'done' | 'again' | 'called-again' = 'done';
    try {
      outcome = job.failed ? this.#judge(job) : attempts.run('processing', stage.node, origin.received, this.#goOn);
    } finally {
      if (outcome !== 'again') work.completions.shift();
      if (outcome === 'done') {
        stage.finish(job);
        work.origins.release(origin);
      }
    }
    return outcome !== 'again';
  }

  #takeUp(job: Job): void {
    const { origin } = job;
    const { source, work } = this.#options;
    work.origins.current = origin;
    if (origin.received !== undefined) moveTo(source, origin.received);
  }

  #judge(job: Job): 'done' | 'called-again' {
    const { attempt, origin, stage, value } = job;
    const wait = this.#options.attempts.judgeCall(value, stage.node, origin.received, attempt, stage.settings.onError);
    if (wait === undefined) return 'done';
    stage.retry([job], wait);
    return 'called-again';
  }
}
